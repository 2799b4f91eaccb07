/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef NETLINK_TEST_ECHO_FILE_H
#define NETLINK_TEST_ECHO_FILE_H

int echo_files_register(void);
void echo_files_unregister(void);

#endif
