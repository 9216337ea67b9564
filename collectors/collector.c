#include "collectors/collector.h"

#define COLLECTOR(name) extern const struct collector collector_##name;
#include "collectors/collectors.def"
#undef COLLECTOR

const struct collector *const collectors[] = {
#define COLLECTOR(name) &collector_##name,
#include "collectors/collectors.def"
#undef COLLECTOR
	NULL,
};
