import { NetlinkError } from '../errors.js';
import type { TransactionSocket } from '../socket/transaction-socket.js';
import type { Family } from '../spec/runtime/family.js';
import { nlctrlFamily } from './nlctrl/generated.js';
import { familyOperation } from './operation.js';

/** What the kernel calls a family: the type of its messages, and the numbers of its groups. */
export interface FamilyNumbers {
  /** nlmsg_type of its messages on Generic Netlink; elsewhere each message has its own. */
  readonly type: number | undefined;
  readonly groups: ReadonlyMap<string, number>;
}

interface Answer {
  readonly familyId?: number;
  readonly mcastGroups?: readonly { readonly name?: string; readonly id?: number }[];
}

/** The controller's own message type (GENL_ID_CTRL), which is fixed. */
const GENL_ID_CTRL = 16;

/** Asks the Generic Netlink controller for a family's numbers; those of other protocols are fixed. */
export async function resolveFamily(
  family: Family,
  socket: TransactionSocket,
  signal: AbortSignal | undefined,
): Promise<FamilyNumbers> {
  if (family.version === undefined) {
    const fixed = Object.entries(family.groups).flatMap(([name, id]): [string, number][] =>
      id === undefined ? [] : [[name, id]],
    );
    return { type: undefined, groups: new Map(fixed) };
  }
  const answer = await askController(family.name, socket, signal);
  const groups = (answer?.mcastGroups ?? []).map(({ name = '', id = 0 }): [string, number] => [name, id]);
  return { type: answer?.familyId, groups: new Map(groups) };
}

async function askController(
  familyName: string,
  socket: TransactionSocket,
  signal: AbortSignal | undefined,
): Promise<Answer | undefined> {
  const getfamily = nlctrlFamily.operations['getfamily'];
  if (getfamily?.do === undefined) return undefined;
  const operation = familyOperation(nlctrlFamily, getfamily, getfamily.do, { strict: false });
  try {
    return (await socket.execute(operation, GENL_ID_CTRL, 0, { familyName }, { signal }));
  } catch (error) {
    if (!(error instanceof NetlinkError) || error.code !== 'ENOENT') throw error;
    throw new NetlinkError(
      `this kernel has no Generic Netlink family '${familyName}' now: the module or the option that gives it is missing`,
      { code: 'ENOENT', errno: error.errno ?? 0, operation: error.operation ?? '', cause: error },
    );
  }
}
