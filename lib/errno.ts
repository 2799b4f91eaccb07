// Linux's errno numbers, which x86, arm, riscv, s390, ppc and loongarch share. A kernel message is read alike on every system,
// and can also carry the numbers above 511 that the kernel means for internal use.
const NAMES = [
  'EPERM',
  'ENOENT',
  'ESRCH',
  'EINTR',
  'EIO',
  'ENXIO',
  'E2BIG',
  'ENOEXEC',
  'EBADF',
  'ECHILD',
  'EAGAIN',
  'ENOMEM',
  'EACCES',
  'EFAULT',
  'ENOTBLK',
  'EBUSY',
  'EEXIST',
  'EXDEV',
  'ENODEV',
  'ENOTDIR',
  'EISDIR',
  'EINVAL',
  'ENFILE',
  'EMFILE',
  'ENOTTY',
  'ETXTBSY',
  'EFBIG',
  'ENOSPC',
  'ESPIPE',
  'EROFS',
  'EMLINK',
  'EPIPE',
  'EDOM',
  'ERANGE',
  'EDEADLK',
  'ENAMETOOLONG',
  'ENOLCK',
  'ENOSYS',
  'ENOTEMPTY',
  'ELOOP',
  '',
  'ENOMSG',
  'EIDRM',
  'ECHRNG',
  'EL2NSYNC',
  'EL3HLT',
  'EL3RST',
  'ELNRNG',
  'EUNATCH',
  'ENOCSI',
  'EL2HLT',
  'EBADE',
  'EBADR',
  'EXFULL',
  'ENOANO',
  'EBADRQC',
  'EBADSLT',
  '',
  'EBFONT',
  'ENOSTR',
  'ENODATA',
  'ETIME',
  'ENOSR',
  'ENONET',
  'ENOPKG',
  'EREMOTE',
  'ENOLINK',
  'EADV',
  'ESRMNT',
  'ECOMM',
  'EPROTO',
  'EMULTIHOP',
  'EDOTDOT',
  'EBADMSG',
  'EOVERFLOW',
  'ENOTUNIQ',
  'EBADFD',
  'EREMCHG',
  'ELIBACC',
  'ELIBBAD',
  'ELIBSCN',
  'ELIBMAX',
  'ELIBEXEC',
  'EILSEQ',
  'ERESTART',
  'ESTRPIPE',
  'EUSERS',
  'ENOTSOCK',
  'EDESTADDRREQ',
  'EMSGSIZE',
  'EPROTOTYPE',
  'ENOPROTOOPT',
  'EPROTONOSUPPORT',
  'ESOCKTNOSUPPORT',
  'EOPNOTSUPP',
  'EPFNOSUPPORT',
  'EAFNOSUPPORT',
  'EADDRINUSE',
  'EADDRNOTAVAIL',
  'ENETDOWN',
  'ENETUNREACH',
  'ENETRESET',
  'ECONNABORTED',
  'ECONNRESET',
  'ENOBUFS',
  'EISCONN',
  'ENOTCONN',
  'ESHUTDOWN',
  'ETOOMANYREFS',
  'ETIMEDOUT',
  'ECONNREFUSED',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'EALREADY',
  'EINPROGRESS',
  'ESTALE',
  'EUCLEAN',
  'ENOTNAM',
  'ENAVAIL',
  'EISNAM',
  'EREMOTEIO',
  'EDQUOT',
  'ENOMEDIUM',
  'EMEDIUMTYPE',
  'ECANCELED',
  'ENOKEY',
  'EKEYEXPIRED',
  'EKEYREVOKED',
  'EKEYREJECTED',
  'EOWNERDEAD',
  'ENOTRECOVERABLE',
  'ERFKILL',
  'EHWPOISON',
] as const;

const INTERNAL_NAMES = [
  [512, 'ERESTARTSYS'],
  [515, 'ENOIOCTLCMD'],
  [517, 'EPROBE_DEFER'],
  [524, 'ENOTSUPP'],
  [529, 'EIOCBQUEUED'],
  [530, 'ERECALLCONFLICT'],
] as const;

/** The name of one of Linux's errnos: `'ENODEV'`. */
export type ErrnoName = Exclude<(typeof NAMES)[number], ''> | (typeof INTERNAL_NAMES)[number][1];
/** The same, or `'E600'` for a number that Linux does not name. */
export type ErrnoCode = ErrnoName | `E${number}`;

const numbers = new Map<string, number>();
const names = new Map<number, ErrnoName>();
NAMES.forEach((name, index) => {
  if (name !== '') define(index + 1, name);
});
for (const [errno, name] of INTERNAL_NAMES) define(errno, name);
numbers.set('EWOULDBLOCK', 11);
numbers.set('EDEADLOCK', 35);

function define(errno: number, name: ErrnoName): void {
  names.set(errno, name);
  numbers.set(name, errno);
}

/** The name of a positive errno: `'ENODEV'` for `19`, `'E<number>'` for a number that Linux does not name. */
export function errnoName(errno: number): ErrnoCode {
  return names.get(errno) ?? `E${errno}`;
}

/** The number of an errno's name: `19` for `'ENODEV'`, undefined for a name that Linux does not have. */
export function errnoNumber(name: string): number | undefined {
  return numbers.get(name);
}
