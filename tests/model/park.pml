/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parking protocol of runtime/sched.c: work that is put where others can take it is
 * taken, whatever the order of submitters, threads that look ("spin") and threads that go
 * to sleep.  P are counted; threads are processes.  One item a submitter, two submitters,
 * two Ps, threads made as they are needed.
 */
#define PROCS 2
#ifndef ITEMS
#define ITEMS 2
#endif
#define THREADS 5

byte queue;            /* items that any P may take */
byte npidle = PROCS;
byte nmspinning;
byte nm;               /* threads there are */
byte done;
bool sched_lock;
bool midle[THREADS];   /* stands in the list of idle threads */
bool note[THREADS];    /* woken, with a P and spinning */

inline lock()
{
	atomic { !sched_lock -> sched_lock = true }
}
inline unlock()
{
	sched_lock = false
}

/* rt_wake_p: by whoever has submitted work or stopped spinning with some */
inline wake(i)
{
	if
	:: npidle > 0 && nmspinning == 0 ->
		atomic {
			if
			:: nmspinning == 0 -> nmspinning = 1; claimed = true
			:: else -> claimed = false
			fi
		};
		if
		:: claimed ->
			lock();
			if
			:: npidle == 0 -> unlock(); nmspinning--
			:: else ->
				npidle--;
				i = 0;
				do
				:: i < THREADS && midle[i] -> midle[i] = false; break
				:: i < THREADS && !midle[i] -> i++
				:: i == THREADS -> break
				od;
				unlock();
				if
				:: i < THREADS -> note[i] = true
				:: else ->
					atomic { assert(nm < THREADS); run thread(nm); nm++ }
				fi
			fi
		:: else
		fi
	:: else
	fi
}

proctype thread(byte me)
{
	bool spinning = true, claimed, have;
	byte i;
top:
	/* find_runnable: the rings and the global queue */
	atomic { have = queue > 0; if :: have -> queue-- :: else fi };
	if
	:: have ->
		if
		:: spinning ->
			spinning = false;
			atomic { nmspinning--; have = nmspinning == 0 };
			if
			:: have -> wake(i)
			:: else
			fi
		:: else
		fi;
		done++;
		goto top
	:: else
	fi;
	if
	:: !spinning && 2 * nmspinning < PROCS - npidle ->
		nmspinning++; spinning = true;
		goto top
	:: else
	fi;
	lock();
	npidle++; /* rt_release_p, rt_pidle_put */
	unlock();
	if
	:: spinning ->
		spinning = false;
		nmspinning--;
		/* whoever submitted before this did not wake anybody because of us */
		if
		:: queue > 0 ->
			lock();
			if
			:: npidle > 0 ->
				npidle--;
				unlock();
				nmspinning++; spinning = true;
				goto top
			:: else -> unlock()
			fi
		:: else
		fi
	:: else
	fi;
	lock();
	midle[me] = true; /* stop_m */
	unlock();
end:	note[me];
	note[me] = false;
	spinning = true;
	goto top
}

proctype submitter(byte n)
{
	bool claimed;
	byte i;
	do
	:: n > 0 ->
		queue++;
		wake(i);
		n--
	:: else -> break
	od
}

active proctype monitor()
{
	atomic { run submitter(1); run submitter(ITEMS - 1) };
	timeout;
	assert(queue == 0 && done == ITEMS)
}
