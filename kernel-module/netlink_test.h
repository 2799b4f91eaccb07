/* SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT */
/* What netlink_test and its user-space programs must agree on. */
#ifndef NETLINK_TEST_H
#define NETLINK_TEST_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define NETLINK_TEST_PROTOCOL 17

/* Multicast groups of the protocol. */
enum {
	/* A copy of what user space sends to the module, and what it begins. */
	NETLINK_TEST_GROUP_ANNOUNCE = 1,
};

/* Types of the protocol's messages that the module begins. */
enum {
	/* The text written to the trigger file, with its NUL. */
	NETLINK_TEST_MSG_TRIGGER = 0x10,
	/* The timer's "tick N"; the sequence number is N as well. */
	NETLINK_TEST_MSG_TICK = 0x11,
	/* One of a flood; the sequence number counts them from 0. */
	NETLINK_TEST_MSG_FLOOD = 0x12,
	/* In a mapped ring: struct netlink_test_ring_receipt. */
	NETLINK_TEST_MSG_RING_RECEIPT = 0x13,
	/* In a mapped ring: struct netlink_test_ring_data. */
	NETLINK_TEST_MSG_RING_DATA = 0x14,
	/* From the kernel to the kernel, and never answered. */
	NETLINK_TEST_MSG_KERNEL = 0x15,
};

/* The control channel: a Generic Netlink family. */
#define NETLINK_TEST_GENL_NAME	  "netlink_test"
#define NETLINK_TEST_GENL_VERSION 1

/* The family's multicast group, by name. */
#define NETLINK_TEST_GENL_GROUP_EVENTS "events"

enum {
	NETLINK_TEST_CMD_UNSPEC,
	NETLINK_TEST_CMD_GET_COUNTERS,
	NETLINK_TEST_CMD_REGISTER,
	NETLINK_TEST_CMD_UNREGISTER,
	NETLINK_TEST_CMD_START_TIMER,
	NETLINK_TEST_CMD_STOP_TIMER,
	NETLINK_TEST_CMD_START_FLOOD,
	NETLINK_TEST_CMD_STOP_FLOOD,
	NETLINK_TEST_CMD_GET_FLOOD,
	NETLINK_TEST_CMD_FLOOD_DONE, /* to NETLINK_TEST_GENL_GROUP_EVENTS */
	NETLINK_TEST_CMD_SET_MODE,
	NETLINK_TEST_CMD_GET_MODE,
	NETLINK_TEST_CMD_REPLY_ACK,
	NETLINK_TEST_CMD_REPLY_ERROR,
	NETLINK_TEST_CMD_REPLY, /* as told */
	NETLINK_TEST_CMD_DUMP,
	NETLINK_TEST_CMD_INTERRUPT_DUMPS,
	NETLINK_TEST_CMD_GET_VALUES,
	NETLINK_TEST_CMD_ECHO_VALUES,
	NETLINK_TEST_CMD_RING_SUBMIT,
	NETLINK_TEST_CMD_RING_PRODUCE,
	NETLINK_TEST_CMD_RING_GET_FRAMES,

	__NETLINK_TEST_CMD_MAX,
	NETLINK_TEST_CMD_MAX = __NETLINK_TEST_CMD_MAX - 1,
};

enum {
	NETLINK_TEST_A_UNSPEC,
	NETLINK_TEST_A_COUNTERS, /* nest of NETLINK_TEST_A_COUNTERS_* */
	NETLINK_TEST_A_PORT_ID,	 /* u32, of a socket of the protocol */
	NETLINK_TEST_A_PERIOD,	 /* u32, milliseconds */
	NETLINK_TEST_A_PAD,
	NETLINK_TEST_A_COUNT,	       /* u64, messages */
	NETLINK_TEST_A_SIZE,	       /* u32, bytes of payload */
	NETLINK_TEST_A_SENT,	       /* u64, messages */
	NETLINK_TEST_A_DROPPED,	       /* u64, messages */
	NETLINK_TEST_A_RUNNING,	       /* flag */
	NETLINK_TEST_A_MODE,	       /* u32, NETLINK_TEST_MODE_* */
	NETLINK_TEST_A_SLEEP,	       /* u32, milliseconds */
	NETLINK_TEST_A_QUEUE_LIMIT,    /* u32, datagrams */
	NETLINK_TEST_A_QUEUED,	       /* u32, datagrams */
	NETLINK_TEST_A_ERRNO,	       /* u32, 1 to 4095 */
	NETLINK_TEST_A_MESSAGE,	       /* string */
	NETLINK_TEST_A_COOKIE,	       /* binary */
	NETLINK_TEST_A_AT,	       /* u32, an attribute of the request */
	NETLINK_TEST_A_AT_NESTED,      /* u32, an attribute inside that one */
	NETLINK_TEST_A_POLICY,	       /* u32, NETLINK_TEST_A_VALUES_* */
	NETLINK_TEST_A_MISSING,	       /* u32, an attribute type */
	NETLINK_TEST_A_MISSING_NEST,   /* u32, an attribute of the request */
	NETLINK_TEST_A_VALUES,	       /* nest of NETLINK_TEST_A_VALUES_* */
	NETLINK_TEST_A_INDEX,	       /* u64, from 0 */
	NETLINK_TEST_A_DATA,	       /* binary; byte i is i modulo 256 */
	NETLINK_TEST_A_PER_DATAGRAM,   /* u32, messages */
	NETLINK_TEST_A_NO_MULTI,       /* flag */
	NETLINK_TEST_A_FLAGS,	       /* u32, NLM_F_* */
	NETLINK_TEST_A_SEQUENCE_DELTA, /* s32 */
	NETLINK_TEST_A_LENGTH_DELTA,   /* s32 */
	NETLINK_TEST_A_UNALIGNED,      /* flag */
	NETLINK_TEST_A_TOGETHER,       /* flag */
	NETLINK_TEST_A_FD,	       /* s32, of an open ring */
	NETLINK_TEST_A_FRAMES,	       /* binary, a u64 for each page */

	__NETLINK_TEST_A_MAX,
	NETLINK_TEST_A_MAX = __NETLINK_TEST_A_MAX - 1,
};

/* An attribute of every kind. */
enum {
	NETLINK_TEST_A_VALUES_UNSPEC,
	NETLINK_TEST_A_VALUES_PAD,
	NETLINK_TEST_A_VALUES_U8,
	NETLINK_TEST_A_VALUES_U16,
	NETLINK_TEST_A_VALUES_U32,
	NETLINK_TEST_A_VALUES_U64,
	NETLINK_TEST_A_VALUES_S8,
	NETLINK_TEST_A_VALUES_S16,
	NETLINK_TEST_A_VALUES_S32,
	NETLINK_TEST_A_VALUES_S64,
	NETLINK_TEST_A_VALUES_U16_BE,
	NETLINK_TEST_A_VALUES_U32_BE,
	NETLINK_TEST_A_VALUES_U64_BE,
	NETLINK_TEST_A_VALUES_UINT, /* u32 or u64 */
	NETLINK_TEST_A_VALUES_SINT, /* s32 or s64 */
	NETLINK_TEST_A_VALUES_FLAG,
	NETLINK_TEST_A_VALUES_STRING,	    /* sent without a NUL */
	NETLINK_TEST_A_VALUES_NUL_STRING,   /* with one, at most 15 bytes */
	NETLINK_TEST_A_VALUES_BINARY,	    /* at most 64 bytes */
	NETLINK_TEST_A_VALUES_MAC,	    /* exactly 6 bytes */
	NETLINK_TEST_A_VALUES_BITFIELD32,   /* bits 0 to 7 */
	NETLINK_TEST_A_VALUES_NEST,	    /* of NETLINK_TEST_A_VALUES_* */
	NETLINK_TEST_A_VALUES_ARRAY,	    /* nest of u32, types 1, 2 ... */
	NETLINK_TEST_A_VALUES_MULTI,	    /* u32, repeated */
	NETLINK_TEST_A_VALUES_RANGE,	    /* u32, 68 to 1500 */
	NETLINK_TEST_A_VALUES_SIGNED_RANGE, /* s8, -5 to 5 */
	NETLINK_TEST_A_VALUES_MASK,	    /* u32, bits 0 to 7 */

	__NETLINK_TEST_A_VALUES_MAX,
	NETLINK_TEST_A_VALUES_MAX = __NETLINK_TEST_A_VALUES_MAX - 1,
};

/* Where messages are answered. */
enum {
	/* In the task that sends them, inside its system call. */
	NETLINK_TEST_MODE_DIRECT,
	/* In a work item of the kernel, later. */
	NETLINK_TEST_MODE_DEFERRED,

	__NETLINK_TEST_MODE_MAX,
	NETLINK_TEST_MODE_MAX = __NETLINK_TEST_MODE_MAX - 1,
};

/* Counters of one network namespace, all u64. */
enum {
	NETLINK_TEST_A_COUNTERS_UNSPEC,
	NETLINK_TEST_A_COUNTERS_PAD,
	NETLINK_TEST_A_COUNTERS_RECEIVED,
	NETLINK_TEST_A_COUNTERS_ECHOED,
	NETLINK_TEST_A_COUNTERS_DROPPED,
	NETLINK_TEST_A_COUNTERS_MALFORMED,
	NETLINK_TEST_A_COUNTERS_ANNOUNCED,
	NETLINK_TEST_A_COUNTERS_BEGUN,
	NETLINK_TEST_A_COUNTERS_COPIED_BYTES,
	NETLINK_TEST_A_COUNTERS_PRIVILEGED,
	NETLINK_TEST_A_COUNTERS_HANDLED_IN_CALL,
	NETLINK_TEST_A_COUNTERS_HANDLED_LATER,
	NETLINK_TEST_A_COUNTERS_RING_RECEIVED,
	NETLINK_TEST_A_COUNTERS_RING_PRODUCED,
	NETLINK_TEST_A_COUNTERS_RING_MALFORMED,

	__NETLINK_TEST_A_COUNTERS_MAX,
	NETLINK_TEST_A_COUNTERS_MAX = __NETLINK_TEST_A_COUNTERS_MAX - 1,
};

/*
 * The mapped ring of a file: a page of indexes, then the slots to the kernel,
 * then those to user space, a page each. A slot holds one message.
 */
#define NETLINK_TEST_RING_SLOTS	    16
#define NETLINK_TEST_RING_SLOT_SIZE 4096
#define NETLINK_TEST_RING_PAGES	    (1 + 2 * NETLINK_TEST_RING_SLOTS)

/*
 * Slots ever filled, and ever emptied, modulo 2^32: @filled is written by the
 * side that fills, after the slot, and @emptied by the other, after its use.
 */
struct netlink_test_ring_indexes {
	__u32 filled;
	__u32 pad0[15]; /* each on a cache line of its own */
	__u32 emptied;
	__u32 pad1[15];
};

struct netlink_test_ring_head {
	struct netlink_test_ring_indexes to_kernel;
	struct netlink_test_ring_indexes to_user;
};

/* What the kernel saw of a message; its sequence number is the message's. */
struct netlink_test_ring_receipt {
	__u64 frame;	/* the page frame that the payload lay in, hashed */
	__u32 length;	/* of the payload */
	__u32 checksum; /* of the payload: zlib's CRC-32 */
};

/* A message that the module produced; its sequence number is its slot's. */
struct netlink_test_ring_data {
	__u64 frame;  /* the page frame it was produced in, hashed */
	__u8 bytes[]; /* byte i is the sequence number plus i, modulo 256 */
};

/* Returns NETLINK_TEST_RING_PAGES, by which a ring's file is known. */
#define NETLINK_TEST_IOC_RING _IO('%', 0xe1)

/* The echo of /dev/netlink_test_echo: the bytes come back to where they were.
 */
struct netlink_test_echo {
	__u64 bytes;	   /* their address */
	__u32 length;	   /* up to NETLINK_TEST_ECHO_MAX */
	__u32 reserved[3]; /* 0 */
};

#define NETLINK_TEST_ECHO_MAX 65536
#define NETLINK_TEST_IOC_ECHO _IOWR('%', 0xe0, struct netlink_test_echo)

#endif
