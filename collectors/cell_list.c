/* Cells that hold several: MAC and IP addresses, networks, names. */
#include <arpa/inet.h>

#include "collectors/cell_parts.h"
#include "core/mac.h"

/* Cuts the next item off a list whose items stand apart by one of @ends or '、'. */
static bool item_next(struct str *rest, const char *ends, struct str *ret)
{
	size_t i = 0;

	for (;;) {
		*rest = cell_trim(*rest);
		if (rest->n > 0 && strchr(ends, rest->p[0]))
			*rest = str_from(*rest, 1);
		else if (str_starts(*rest, STR("、")) || str_starts(*rest, STR("・")))
			*rest = str_from(*rest, 3);
		else
			break;
	}
	while (i < rest->n && !strchr(ends, rest->p[i]) && !str_starts(str_from(*rest, i), STR("、")) &&
	       !str_starts(str_from(*rest, i), STR("・")))
		i++;
	*ret = str_first(*rest, i);
	*rest = str_from(*rest, i);
	return i > 0;
}

static bool mac_read(struct str item, char buf[static 64])
{
	return mac_parse(item, buf);
}

/* 192.168.001.022 is what ledgers write for 192.168.1.22. */
static bool ip_read(struct str item, char buf[static 64])
{
	unsigned char address[16];
	char text[64];
	size_t n = 0;

	for (size_t i = 0; i < item.n && n < sizeof(text) - 1; i++) {
		bool starts = i == 0 || item.p[i - 1] == '.';

		if (str_index(item, ':') < 0)
			while (starts && item.p[i] == '0' && i + 1 < item.n && is_digit(item.p[i + 1]))
				i++;
		text[n++] = item.p[i];
	}
	text[n] = '\0';
	if (inet_pton(AF_INET, text, address) == 1)
		return inet_ntop(AF_INET, address, buf, 64) != NULL;
	return inet_pton(AF_INET6, text, address) == 1 && inet_ntop(AF_INET6, address, buf, 64) != NULL;
}

/* 10.1.0.0/16; the bits behind the prefix must be none, or the cell means another network than it says. */
static bool net_read(struct str item, char buf[static 64])
{
	struct str address = str_cut(&item, '/');
	unsigned char bytes[16] = { 0 };
	char text[64];
	int family, bits = 0;

	if (!ip_read(address, text))
		return false;
	family = strchr(text, ':') ? AF_INET6 : AF_INET;
	if (item.n == 0 || item.n > 3)
		return item.n == 0 && snprintf(buf, 64, "%s", text) > 0;
	for (size_t i = 0; i < item.n; i++) {
		if (!is_digit(item.p[i]))
			return false;
		bits = bits * 10 + item.p[i] - '0';
	}
	if (bits > (family == AF_INET ? 32 : 128) || inet_pton(family, text, bytes) != 1)
		return false;
	for (int i = bits; i < (family == AF_INET ? 32 : 128); i++)
		if (bytes[i / 8] & (0x80 >> i % 8))
			return false;
	return snprintf(buf, 64, "%s/%d", text, bits) < 64;
}

/* What parts the items of lists; '/' parts those that cannot hold it. */
static const char item_ends[] = " \t\r\n;,/", net_ends[] = " \t\r\n;,";

static bool read_items(struct str s, bool (*read)(struct str item, char buf[static 64]), char *buf, struct str *ret)
{
	struct str item;
	size_t n = 0;

	while (item_next(&s, read == net_read ? net_ends : item_ends, &item)) {
		char text[64];

		if (!read(item, text) || n + sizeof(text) + 1 > CELL_MAX)
			return false;
		n += (size_t)snprintf(buf + n, CELL_MAX - n, "%s%s", n ? " " : "", text);
	}
	*ret = (struct str){ buf, n };
	return true;
}

bool cell_read_macs(struct str s, char *buf, struct str *ret)
{
	return read_items(s, mac_read, buf, ret);
}

bool cell_read_ips(struct str s, char *buf, struct str *ret)
{
	return read_items(s, ip_read, buf, ret);
}

bool cell_read_nets(struct str s, char *buf, struct str *ret)
{
	return read_items(s, net_read, buf, ret);
}

bool cell_read_names(struct str s, char *buf, struct str *ret)
{
	struct str item;
	size_t n = 0;

	while (item_next(&s, item_ends, &item)) {
		if (n + item.n + 2 > CELL_MAX)
			return false;
		if (n > 0)
			buf[n++] = ' ';
		for (size_t i = 0; i < item.n; i++) {
			if ((unsigned char)item.p[i] < 0x20)
				return false;
			buf[n++] = (char)(item.p[i] >= 'A' && item.p[i] <= 'Z' ? item.p[i] + 32 : item.p[i]);
		}
	}
	*ret = (struct str){ buf, n };
	return true;
}
