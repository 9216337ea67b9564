/* send PORT FILE: the file to 127.0.0.1:PORT by TCP, as fast as the other side takes it. */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

#include "core/base.h"

int main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	_close_ int sock = socket(AF_INET, SOCK_STREAM, 0), file = argc > 2 ? open(argv[2], O_RDONLY) : -1;
	ssize_t n;

	if (argc < 3) {
		fprintf(stderr, "usage: send PORT FILE\n");
		return 64;
	}
	to.sin_port = htons((uint16_t)strtoul(argv[1], NULL, 10));
	if (file < 0 || sock < 0 || connect(sock, (struct sockaddr *)&to, sizeof(to)) < 0) {
		fprintf(stderr, "send: %s\n", strerror(errno));
		return 69;
	}
	while ((n = sendfile(sock, file, NULL, 1 << 20)) > 0)
		;
	return n < 0 ? 74 : 0;
}
