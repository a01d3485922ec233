/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Stopping the world, of runtime/stop.c: a P and a thread that is given it (rt_give_p), runs with
 * it, is away with it (rt_away_begin), stops with it or releases it; a stopper that stops the world
 * several times, with a P of its own that is not shown, and takes the P away or brings it back when
 * it changes GOMAXPROCS.  While the world stands still the thread does not run; no stop waits for
 * ever; the P has never two owners.
 */
#ifndef STOPS
#define STOPS 3
#endif
#define GIVES 2

mtype = { IDLE, RUNNING, AWAY, STOPPED, DEAD };

mtype status = IDLE;
bool listed = true;    /* the P is in the list of idle ones */
bool midle = true;     /* the thread is in the list of those without work */
bool p_m, m_p;         /* p->m is the thread, its m->p is the P */
bool goes_on_away;     /* goes_on_as */
bool park, stopnote;   /* the thread's note and the stopper's */
bool gcwaiting;
byte stopwait;
bool sched_lock;
bool running;          /* the thread does what a stop must not see */

inline lock()
{
	atomic { !sched_lock -> sched_lock = true }
}
inline unlock()
{
	sched_lock = false
}

/* With the lock: stop_from(p, AWAY), and one less to wait for. */
inline stop_away()
{
	if
	:: atomic { status == AWAY -> status = STOPPED };
		goes_on_away = true;
		stopwait--;
		if
		:: stopwait == 0 -> stopnote = true
		:: else
		fi
	:: else
	fi
}

inline stop_as_away()
{
	lock();
	if
	:: gcwaiting -> stop_away()
	:: else
	fi;
	unlock()
}

proctype giver()
{
	byte n = GIVES;
	do
	:: n > 0 ->
		atomic { listed && midle && !sched_lock -> sched_lock = true };
		listed = false;
		midle = false;
		unlock();
		assert(!m_p && !p_m && status == IDLE);
		m_p = true;
		p_m = true;
		status = AWAY;
		if
		:: gcwaiting -> stop_as_away()
		:: else
		fi;
		park = true;
		n--
	:: else -> break
	od
}

proctype thread()
{
wait:
end:	park;
	park = false;
	if
	:: m_p -> goto come_back
	:: else -> goto lost
	fi;
come_back:
	if
	:: atomic { status == AWAY -> status = RUNNING };
		goto runs
	:: else
	fi;
	!(m_p && status == STOPPED); /* wait_started */
	if
	:: m_p -> goto come_back
	:: else -> goto lost
	fi;
lost:
	lock();
	midle = true;
	unlock();
	goto wait;
runs:
	running = true;
	assert(m_p && p_m && status == RUNNING);
	running = false;
	if
	:: gcwaiting -> /* rt_stop_here */
		lock();
		if
		:: !gcwaiting -> unlock(); goto runs
		:: else
		fi;
		status = STOPPED;
		stopwait--;
		if
		:: stopwait == 0 -> stopnote = true
		:: else
		fi;
		unlock();
		!(m_p && status == STOPPED);
		if
		:: m_p -> goto runs
		:: else -> goto lost
		fi
	:: true -> /* rt_away_begin, rt_away_end */
		status = AWAY;
		if
		:: gcwaiting -> stop_as_away()
		:: else
		fi;
		goto come_back
	:: !gcwaiting -> /* find_runnable and stop_m */
		lock();
		if
		:: gcwaiting -> unlock(); goto runs
		:: else
		fi;
		m_p = false;
		p_m = false;
		status = IDLE;
		listed = true;
		unlock();
		lock();
		midle = true;
		unlock();
		goto wait
	fi
}

proctype stopper()
{
	byte n = STOPS;
	bool waits;
	do
	:: n > 0 ->
		lock();
		stopnote = false;
		stopwait = (status == DEAD -> 0 : 1);
		gcwaiting = true;
		stop_away();
		stopnote = false;
		if
		:: listed ->
			listed = false;
			status = STOPPED;
			stopwait--
		:: else
		fi;
		waits = stopwait > 0;
		unlock();
		do
		:: !waits -> break
		:: waits && stopnote -> waits = false
		:: waits && status == AWAY -> /* hurry: it has not come to say so */
			lock();
			stop_away();
			waits = stopwait > 0;
			unlock()
		od;
		assert(!running && (status == STOPPED || status == DEAD));
		lock();
		if
		:: status != DEAD && n > 1 -> /* GOMAXPROCS goes down */
			if
			:: p_m -> m_p = false
			:: else
			fi;
			p_m = false;
			status = DEAD
		:: n > 1 || status != DEAD ->
			skip
		:: status == DEAD -> /* and up */
			goes_on_away = false;
			status = IDLE;
			listed = true
		fi;
		if
		:: status == STOPPED && p_m ->
			status = (goes_on_away -> AWAY : RUNNING);
			goes_on_away = false
		:: status == STOPPED && !p_m ->
			goes_on_away = false;
			status = IDLE;
			listed = true
		:: else
		fi;
		gcwaiting = false;
		unlock();
		n--
	:: else -> break
	od
}

init {
	atomic { run giver(); run thread(); run stopper() }
}
