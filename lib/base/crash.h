/* crash.h - places at which a test may kill the program, to show that a run that ends there can be resumed.
 *
 * Compiled in only by -Dcrash_points=true; otherwise a crash point is nothing at all. */
#pragma once

#ifdef POPFERRY_CRASH_POINTS
/* Die by SIGKILL at the nth crash point passed (from 1; 0: never), naming it on standard error. */
void crash_arm(unsigned long nth);
void crash_point(const char *name);
#else
#define crash_point(name) ((void)0)
#endif
