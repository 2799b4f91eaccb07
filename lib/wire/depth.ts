/**
 * How deep attributes may be nested, to be read or to be written: far deeper than the kernel takes (Open vSwitch's actions,
 * the deepest, 16 times two), and far from the end of the stack.
 */
export const DEEPEST_NEST = 100;
