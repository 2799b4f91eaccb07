/**
 * How deep attributes may be nested, when reading and writing: far deeper than the kernel accepts (Open vSwitch's actions,
 * the deepest, 16 times two), and far from the end of the stack.
 */
export const DEEPEST_NEST = 100;
