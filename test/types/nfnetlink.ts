import { openFamily } from 'afnetlink';
import { nftablesFamily, type TableMessage } from 'afnetlink/families/nftables';
import type { Same } from './same.js';

const nftables = await openFamily(nftablesFamily);

const results = await nftables
  .batch({ transaction: { subsystem: 10 } })
  .add('newtable', { nfgenFamily: 1, name: 'filter' }, { create: true })
  .add('newchain', { nfgenFamily: 1, table: 'filter', name: 'input' }, { create: true })
  .send();
export const states: readonly ('done' | 'failed' | 'skipped' | 'undone')[] = results.map(
  ({ status }) => status,
);

const tables = await nftables.dump.gettable().toArray();
export const whole: Same<typeof tables, TableMessage[]> = true;

// @ts-expect-error: the request of another operation
nftables.batch().add('newtable', { table: 'filter' });
// @ts-expect-error: a request in a batch has the batch's timeout
nftables.batch().add('newtable', { name: 'filter' }, { timeout: 1 });
// @ts-expect-error: a subsystem is needed
nftables.batch({ transaction: {} });
// @ts-expect-error: no such option
nftables.batch({ stopOnErrors: true });
