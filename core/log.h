/*
 * Log lines to stderr, "<n>topic: text" for the journal when stderr is one, and plain otherwise.  Control characters
 * of what others chose are written as \xNN.  At most 200 lines in 10 s per level, the rest is counted and said.
 */
#pragma once

#include "core/base.h"

enum log_level { LOG_LEVEL_ERR = 3, LOG_LEVEL_WARN = 4, LOG_LEVEL_INFO = 6, LOG_LEVEL_DEBUG = 7 };

void log_level_set(enum log_level level);
void log_line(enum log_level level, const char *topic, const char *fmt, ...) _printf_(3, 4);

#define log_err(topic, ...) log_line(LOG_LEVEL_ERR, topic, __VA_ARGS__)
#define log_warn(topic, ...) log_line(LOG_LEVEL_WARN, topic, __VA_ARGS__)
#define log_info(topic, ...) log_line(LOG_LEVEL_INFO, topic, __VA_ARGS__)
#define log_debug(topic, ...) log_line(LOG_LEVEL_DEBUG, topic, __VA_ARGS__)
