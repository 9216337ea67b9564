/* The worker thread: runs questions on a read-only connection and hands the answers to the service loop. */
#pragma once

#include "core/diag.h"
#include "daemon/loop.h"

struct worker;
struct sqlite3;

/*
 * @run is called in the worker's thread with its connection, @done in the service loop's thread afterwards.  @cancelled: the
 * worker was stopped before the answer was handed back, whether it had run or not.  @arg belongs to them.
 */
struct job {
	void (*run)(struct sqlite3 *db, void *arg);
	void (*done)(void *arg, bool cancelled);
	void *arg;
};

int worker_start(struct loop *service, const char *db_path, struct worker **ret, struct diag *diag);
void worker_stop(struct worker *worker); /* cancels what waits, joins, frees */

/* Puts @job at the end of the queue; -EAGAIN when 256 wait already, or it is being stopped. */
int worker_ask(struct worker *worker, const struct job *job);
/* In the worker's thread, for a job that could hand the thread back and go on later: others wait behind it. */
bool worker_waited(void *worker);
