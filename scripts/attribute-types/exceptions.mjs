// What is described otherwise than the kernel has it, and why that is so. `verdict` narrows an entry to one kind of difference.

export const exceptions = [];
