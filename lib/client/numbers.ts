import { GenericController } from '../generic/controller.js';
import { CONTROLLER, CTRL_NOTIFY_GROUP, GENL_ID_CTRL } from '../generic/numbers.js';
import type { CallOptions } from '../socket/requests/call-options.js';
import type { NetlinkSocket } from '../socket/netlink-socket.js';
import type { Family } from '../spec/runtime/family.js';

/** What the kernel calls a family: the type of its messages, and the numbers of its groups. */
export interface FamilyNumbers {
  /** nlmsg_type of its messages on Generic Netlink; elsewhere each message has its own. */
  readonly id?: number;
  readonly groups: ReadonlyMap<string, number>;
}

/** Looks up a family's numbers. Those of a Generic Netlink family change when its module is reloaded. */
export interface NumberSource {
  /** The numbers, if they are known now. */
  known(): FamilyNumbers | undefined;
  ask(options?: CallOptions): Promise<FamilyNumbers>;
  askSync(options?: CallOptions): FamilyNumbers;
}

/** The controllers of sockets that several families share. */
const controllers = new WeakMap<NetlinkSocket, GenericController>();

/** Asks the Generic Netlink controller for a family's numbers; its own, and those of other protocols, are fixed. */
export function numbersOf(family: Family, socket: NetlinkSocket): NumberSource {
  if (family.version === undefined) return fixedNumbers({ groups: fixedGroups(family) });
  if (family.name === CONTROLLER)
    return fixedNumbers({ id: GENL_ID_CTRL, groups: new Map([['notify', CTRL_NOTIFY_GROUP]]) });
  return givenNumbers(family.name, controllerOf(socket));
}

function fixedGroups({ groups }: Family): ReadonlyMap<string, number> {
  return new Map(
    Object.entries(groups).flatMap(([name, id]): [string, number][] =>
      id === undefined ? [] : [[name, id]],
    ),
  );
}

function fixedNumbers(numbers: FamilyNumbers): NumberSource {
  return { known: () => numbers, ask: () => Promise.resolve(numbers), askSync: () => numbers };
}

function givenNumbers(name: string, controller: GenericController): NumberSource {
  return {
    known: () => controller.known(name),
    ask: (options) => controller.family(name, options),
    askSync: (options) => controller.familySync(name, options),
  };
}

function controllerOf(socket: NetlinkSocket): GenericController {
  const controller = controllers.get(socket) ?? new GenericController(socket, false);
  controllers.set(socket, controller);
  return controller;
}
