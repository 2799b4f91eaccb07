// The keys of the spec language, by place. Keys that matter only to generators of C are accepted and ignored.

const set = (...keys: string[]): ReadonlySet<string> => new Set(keys);

const ENUM_USE = ['enum', 'enum-as-flags'];
const VALUE = ['type', 'byte-order', 'display-hint', 'struct', 'sub-type', ...ENUM_USE];

export const FAMILY_KEYS = set(
  ...['name', 'doc', 'protocol', 'protonum', 'version', 'definitions', 'attribute-sets', 'sub-messages'],
  ...['operations', 'mcast-groups', 'uapi-header', 'c-family-name', 'c-version-name', 'max-by-define'],
  ...['cmd-max-name', 'cmd-cnt-name', 'kernel-policy', 'kernel-family'],
);
export const DEFINITION_KEYS = set(
  ...['name', 'type', 'doc', 'header', 'scope', 'value', 'value-start', 'entries', 'members'],
  ...['render-max', 'enum-name', 'enum-cnt-name', 'name-prefix'],
);
export const ENTRY_KEYS = set('name', 'value', 'doc');
export const MEMBER_KEYS = set('name', 'doc', 'len', 'repeat', 'default', ...VALUE);
export const SET_KEYS = set(
  ...['name', 'doc', 'attributes', 'subset-of', 'name-prefix', 'enum-name', 'header'],
  ...['attr-cnt-name', 'attr-max-name'],
);
export const ATTRIBUTE_KEYS = set(
  ...['name', 'doc', 'value', 'multi-attr', 'nested-attributes', 'checks', 'type-value', 'name-prefix'],
  ...['sub-message', 'selector', 'index-base', ...VALUE],
);
export const CHECK_KEYS = set(
  ...['min', 'max', 'min-len', 'max-len', 'exact-len', 'flags-mask', 'unterminated-ok', 'sparse'],
);
export const SUB_MESSAGE_KEYS = set('name', 'formats');
export const FORMAT_KEYS = set('value', 'fixed-header', 'attribute-set');
export const OPERATIONS_KEYS = set(
  ...['list', 'enum-model', 'name-prefix', 'enum-name', 'fixed-header', 'async-prefix', 'async-enum'],
);
export const OPERATION_KEYS = set(
  ...['name', 'doc', 'value', 'attribute-set', 'fixed-header', 'flags', 'dont-validate', 'config-cond'],
  ...['do', 'dump', 'notify', 'event', 'mcgrp'],
);
export const MODE_KEYS = set('request', 'reply', 'pre', 'post', 'echo', 'optional-reply');
export const MESSAGE_KEYS = set('value', 'attributes');
export const REQUEST_KEYS = set(...MESSAGE_KEYS, 'fixed-header', 'attribute-set');
export const EVENT_KEYS = set('attributes');
export const GROUPS_KEYS = set('list');
export const GROUP_KEYS = set('name', 'value', 'flags', 'c-define-name');
