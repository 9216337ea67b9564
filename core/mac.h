/* MAC addresses (domain.md 6.7): every notation to 12 lower-case hex digits. */
#pragma once

#include "core/str.h"

#define MAC_LEN 12

/* Reads 34:23:ba:11:26:b8, 34-23-BA-.., 3423.ba11.26b8, 3423BA1126B8, 34:23:BA:.. without zeros (0:1:2:a:b:c). */
bool mac_parse(struct str s, char ret[static MAC_LEN + 1]);
/* Set by software (bit 0x02 of the first octet): phones that randomise, also containers and bridges. */
bool mac_local(const char mac[static MAC_LEN]);
/* A group address (bit 0x01), all zeros or all ones: no device. */
bool mac_group(const char mac[static MAC_LEN]);
