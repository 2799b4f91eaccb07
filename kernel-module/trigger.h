/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef NETLINK_TEST_TRIGGER_H
#define NETLINK_TEST_TRIGGER_H

void trigger_create(void);
void trigger_remove(void);

#endif
