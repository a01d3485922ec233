/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The channel of runtime/chan.c: two senders, two receivers and a closer.  Checked: no value
 * is lost or delivered twice, a woken goroutine was waiting, nobody waits for ever once the
 * channel is closed.  Compile with -DCAP=0 or more.
 */
#ifndef CAP
#define CAP 0
#endif
#define SENDERS 2
#define RECEIVERS 2
#ifndef PER
#define PER 1 /* values a sender has */
#endif
#define N 4                    /* goroutines that may wait */
#define NONE 255

bool locked, closed;
byte buf[3], count, recvx, sendx;
#define RECV 0
#define SEND 1
byte queue[8], n[2]; /* of receivers at 0, of senders at 4; first in, first out */
byte elem[N];      /* of a waiting sender: its value; of a receiver: where to */
bool parked[N], ready[N], ok[N];
byte got[SENDERS * PER]; /* deliveries of each value */
byte sent, received;

inline lock()
{
	atomic { !locked -> locked = true }
}
inline unlock()
{
	locked = false
}
inline pop(side, who)
{
	d_step {
		who = queue[4 * side];
		queue[4 * side] = queue[4 * side + 1];
		queue[4 * side + 1] = queue[4 * side + 2];
		queue[4 * side + 2] = queue[4 * side + 3];
		n[side]--
	}
}
inline push(side)
{
	queue[4 * side + n[side]] = me; n[side]++; parked[me] = true
}
inline wake(who, how)
{
	assert(parked[who] && !ready[who]);
	ok[who] = how;
	ready[who] = true
}
inline park()
{
	ready[me];
	atomic { ready[me] = false; parked[me] = false }
}
inline ring_put(v)
{
	d_step { buf[sendx] = v; sendx = (sendx + 1 == CAP -> 0 : sendx + 1); count++ }
}
inline ring_get(v)
{
	d_step { v = buf[recvx]; recvx = (recvx + 1 == CAP -> 0 : recvx + 1); count-- }
}

proctype sender(byte me)
{
	byte i, v, who;
	for (i : 0 .. PER - 1) {
		v = me * PER + i;
		lock();
		if
		:: closed -> unlock(); goto stop /* panics */
		:: else
		fi;
		if
		:: n[RECV] > 0 ->
			pop(RECV, who);
			elem[who] = v;
			unlock();
			sent++;
			wake(who, true)
		:: n[RECV] == 0 && count < CAP ->
			ring_put(v);
			unlock();
			sent++
		:: else ->
			atomic { elem[me] = v; push(SEND) };
			unlock();
			park();
			if
			:: ok[me] -> sent++
			:: else -> goto stop
			fi
		fi
	}
stop:	skip
}

proctype receiver(byte me)
{
	byte v, who;
	do
	:: lock();
		if
		:: n[SEND] > 0 ->
			pop(SEND, who);
			if
			:: CAP == 0 -> v = elem[who]
			:: else -> ring_get(v); ring_put(elem[who])
			fi;
			unlock();
			wake(who, true)
		:: n[SEND] == 0 && count > 0 ->
			ring_get(v);
			unlock()
		:: n[SEND] == 0 && count == 0 && closed -> unlock(); break
		:: else ->
			atomic { push(RECV) };
			unlock();
			park();
			if
			:: ok[me] -> v = elem[me]
			:: else -> break
			fi
		fi;
		atomic { got[v]++; assert(got[v] == 1); received++ }
	od
}

proctype closer()
{
	byte who;
	lock();
	closed = true;
	/* the lists are taken under the lock, the goroutines woken after it */
	byte list[N], k, i;
	do
	:: n[RECV] > 0 -> pop(RECV, who); list[k] = who; k++
	:: n[RECV] == 0 && n[SEND] > 0 -> pop(SEND, who); list[k] = who; k++
	:: else -> break
	od;
	unlock();
	for (i : 0 .. N - 1) {
		if
		:: i < k -> wake(list[i], false)
		:: else
		fi
	}
}

active proctype monitor()
{
	atomic {
		run sender(0); run sender(1); run receiver(2); run receiver(3); run closer()
	};
	_nr_pr == 1;
	assert(sent == received && count == 0 && n[SEND] == 0 && n[RECV] == 0)
}
