/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The end of a system call from which C code goes on, of runtime/proc.c (rt_exitsyscall): a P, a
 * thread whose goroutine calls CALLS times, the monitor that takes the P meanwhile, another thread
 * that runs what is queued, and a marker that scans the goroutine's stack
 * and clears a mark of its own among the goroutine's flags.  Nobody but its thread goes on with the
 * goroutine while C code of it is left; nobody waits for ever; the P has one owner.
 *
 * -DPLAIN: the flags are read and written, not changed atomically: then the goroutine goes on
 * elsewhere, which the check must find.
 */
#ifndef CALLS
#define CALLS 2
#endif
#define SCANS 3

mtype = { IDLE, RUNNING, SYSCALL };

mtype status = RUNNING;
byte owners = 1;       /* of the P */
bool listed;           /* the P is in the list of idle ones */
bool queued;           /* the goroutine is in the global queue */
bool locked, ran;      /* its flags */
bool in_c;             /* C code of it is left */
bool sched_lock;
bool nextp, park;      /* the calling thread's */
bool x_p, x_park;      /* the other one's: has been given the P, and woken */
bool x_idle = true;
bool ended;

inline lock()
{
	atomic { !sched_lock -> sched_lock = true }
}
inline unlock()
{
	sched_lock = false
}

/* rt_g_lock_to; the flags are one byte */
inline set_locked(to)
{
#ifdef PLAIN
	atomic { copy = ran };
	atomic { ran = copy; locked = to }
#else
	locked = to
#endif
}

/* rt_start_m(p): the P is the caller's to give */
inline start_x()
{
	x_idle = false;
	x_p = true;
	x_park = true
}

proctype thread()
{
	byte n = CALLS;
	bool has;
#ifdef PLAIN
	bool copy;
#endif
	do
	:: n > 0 ->
		assert(owners == 1 && !in_c);
		in_c = true;
		owners--; /* rt_entersyscall */
		status = SYSCALL;
		has = false;
		if
		:: atomic { status == SYSCALL -> status = RUNNING; owners++ }; /* exit_fast */
			has = true
		:: else ->
			lock();
			if
			:: listed -> listed = false; status = RUNNING; owners++; has = true
			:: else
			fi;
			unlock()
		fi;
		if
		:: has
		:: else ->
			set_locked(true);
			lock();
			queued = true;
			if
			:: listed -> listed = false; has = true
			:: else
			fi;
			unlock();
			if
			:: has -> x_idle; start_x()
			:: else
			fi;
			park; /* rt_wait_for_p */
			park = false;
			assert(nextp);
			nextp = false;
			status = RUNNING;
			owners++;
			set_locked(false)
		fi;
		in_c = false;
		ran = true; /* goes on, and perhaps calls again */
		n--
	:: else -> break
	od;
	assert(owners == 1);
	ended = true
}

proctype other()
{
wait:
end:	x_park;
	x_park = false;
	assert(x_p);
	x_p = false;
	owners++;
	assert(owners == 1);
	status = RUNNING;
look:
	lock();
	if
	:: queued ->
		queued = false;
		unlock();
		if
		:: locked -> /* start_locked_m */
			owners--;
			status = IDLE;
			nextp = true;
			park = true;
			x_idle = true;
			goto wait
		:: else -> /* runs it, while C code of it is left */
			assert(!in_c);
			goto look
		fi
	:: else -> /* releases the P */
		owners--;
		status = IDLE;
		listed = true;
		x_idle = true;
		unlock();
		goto wait
	fi
}

proctype monitor()
{
end:	do
	:: atomic { status == SYSCALL -> status = IDLE }; /* rt_retake_p, rt_handoff_p */
		lock();
		if
		:: queued -> unlock(); x_idle; start_x()
		:: x_idle -> unlock(); start_x() /* for other work */
		:: else -> listed = true; unlock()
		fi
	:: ended -> break
	od
}

proctype marker()
{
	byte n = SCANS;
	bool copy;
	do
	:: n > 0 && ran ->
#ifdef PLAIN
		atomic { copy = locked };
		atomic { locked = copy; ran = false };
#else
		ran = false;
#endif
		n--
	:: n == 0 || ended -> break
	od
}

init {
	atomic { run thread(); run other(); run monitor(); run marker() }
}
