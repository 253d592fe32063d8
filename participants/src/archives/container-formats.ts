/** A format of files that hold other files, or one file packed. */
export interface ContainerFormat {
  name: string
  /** Where its signature is. */
  at: number
  signature: Buffer
  /** The type by which 7-Zip opens it; without one it is recognised and not opened. */
  type?: string
  /** Its signature is so short that a file which 7-Zip gets nothing out of is none. */
  weak?: true
}

/** Something in a content that holds other files. */
export interface Container extends Pick<ContainerFormat, 'name' | 'type' | 'weak'> {
  /** Where it begins. */
  start: number
}

/** What a container has of its format. */
export function namedAs({ name, type, weak }: ContainerFormat): Omit<Container, 'start'> {
  return { name, ...(type !== undefined && { type }), ...(weak && { weak }) }
}

function format(name: string, signature: string, more: Partial<ContainerFormat> = {}): ContainerFormat {
  return { name, at: 0, signature: Buffer.from(signature, 'latin1'), ...more }
}

/** Sector in which optical discs begin to describe themselves. */
const DISC = 0x8001

/**
 * Formats by their signature, as in the tables of 7-Zip (`7zz i`) and file(1). Not here: zip, tar and mail, which are
 * found by more than a signature; see `containersOf`.
 */
export const CONTAINER_FORMATS: readonly ContainerFormat[] = [
  format('gzip', '\x1f\x8b\x08', { type: 'gzip' }),
  format('bzip2', 'BZh', { type: 'bzip2', weak: true }),
  format('xz', '\xfd7zXZ\0', { type: 'xz' }),
  format('zstd', '\x28\xb5\x2f\xfd', { type: 'zstd' }),
  format('zstd', '\x2a\x4d\x18', { at: 1, type: 'zstd', weak: true }),
  format('compress', '\x1f\x9d', { type: 'Z', weak: true }),
  format('7z', '7z\xbc\xaf\x27\x1c', { type: '7z' }),
  format('rar', 'Rar!\x1a\x07\0', { type: 'Rar' }),
  format('rar', 'Rar!\x1a\x07\x01\0', { type: 'Rar5' }),
  format('cab', 'MSCF\0\0\0\0', { type: 'Cab' }),
  format('iso', 'CD001', { at: DISC, type: 'Iso' }),
  format('udf', 'NSR0', { at: DISC + 2048, type: 'Udf' }),
  format('udf', 'BEA01', { at: DISC, type: 'Udf' }),
  format('cpio', '070701', { type: 'Cpio', weak: true }),
  format('cpio', '070702', { type: 'Cpio', weak: true }),
  format('cpio', '070707', { type: 'Cpio', weak: true }),
  format('cpio', '\xc7\x71', { type: 'Cpio', weak: true }),
  format('cpio', '\x71\xc7', { type: 'Cpio', weak: true }),
  format('ar', '!<arch>\n', { type: 'Ar' }),
  format('ole', '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', { type: 'Compound' }),
  format('arj', '\x60\xea', { type: 'Arj', weak: true }),
  format('lha', '-lh', { at: 2, type: 'Lzh', weak: true }),
  format('lha', '-lz', { at: 2, type: 'Lzh', weak: true }),
  format('chm', 'ITSF', { type: 'Chm', weak: true }),
  format('lit', 'ITOLITLS', { type: 'Hxs' }),
  format('rpm', '\xed\xab\xee\xdb', { type: 'Rpm' }),
  format('xar', 'xar!\0', { type: 'Xar' }),
  format('wim', 'MSWIM\0\0\0', { type: 'wim' }),
  format('nsis', '\xef\xbe\xad\xdeNullsoftInst', { at: 4, type: 'Nsis' }),
  format('squashfs', 'hsqs', { type: 'SquashFS', weak: true }),
  format('squashfs', 'sqsh', { type: 'SquashFS', weak: true }),
  format('cramfs', 'Compressed ROMFS', { at: 16, type: 'CramFS' }),
  format('ntfs', 'NTFS    \0', { at: 3, type: 'NTFS' }),
  format('ext', '\x53\xef', { at: 1080, type: 'Ext', weak: true }),
  format('fat', '\x55\xaa', { at: 510, type: 'FAT', weak: true }),
  format('mbr', '\x55\xaa', { at: 510, type: 'MBR', weak: true }),
  format('gpt', 'EFI PART\0', { at: 512, type: 'GPT' }),
  format('hfs', 'H+\0', { at: 1024, type: 'HFS', weak: true }),
  format('hfs', 'HX\0', { at: 1024, type: 'HFS', weak: true }),
  format('vhd', 'conectix', { type: 'VHD' }),
  format('vhdx', 'vhdxfile', { type: 'VHDX' }),
  format('vmdk', 'KDMV', { type: 'VMDK' }),
  format('vdi', '\x7f\x10\xda\xbe', { at: 64, type: 'VDI' }),
  format('qcow', 'QFI\xfb\0\0\0', { type: 'QCOW' }),
  format('mslz', 'SZDD\x88\xf0\x27\x33A', { type: 'MsLZ' }),
  format('swf', 'CWS', { type: 'SWFc', weak: true }),
  format('swf', 'ZWS', { type: 'SWFc', weak: true }),
  format('ppmd', '\x8f\xaf\xac\x84', { type: 'Ppmd' }),

  format('ar', '!<thin>\n'),
  format('ace', '**ACE**', { at: 7 }),
  format('rar 1', 'RE\x7e\x5e'),
  format('arc', 'ArC\x01'),
  format('stuffit', 'StuffIt '),
  format('stuffit', 'SIT!'),
  format('zoo', '\xdc\xa7\xc4\xfd', { at: 20 }),
  format('zpaq', '7kSt'),
  format('zpaq', 'zPQ'),
  format('alz', 'ALZ\x01\x0a\0\0'),
  format('egg', 'EGGA\0\x01'),
  format('lz4', '\x04\x22\x4d\x18'),
  format('lzip', 'LZIP\x01'),
  format('lzop', '\x89LZO\0\x0d\x0a\x1a\x0a'),
  format('lrzip', 'LRZI'),
  format('pack', '\x1f\x1e'),
  format('InstallShield', 'ISc('),
  format('TNEF', '\x78\x9f\x3e\x22'),
  format('OneNote', '\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3'),
  format('BinHex', '(This file must be converted with BinHex'),
  format('yEnc', '=ybegin '),
  format('OpenPGP', '-----BEGIN PGP MESSAGE-----'),
]

const EMBEDDED = new Set([
  '7z',
  'rar',
  'cab',
  'nsis',
  'xz',
  'zstd',
  'gzip',
  'ar',
  'ole',
  'rpm',
  'xar',
  'wim',
  'lit',
  'mslz',
])

/**
 * Those that are looked for behind a program, a script or a picture, as installers and droppers carry them, and as 7-Zip
 * looks for them. They are more than their signature: see `embeddedArchives`.
 */
export const EMBEDDED_FORMATS: readonly ContainerFormat[] = [
  ...CONTAINER_FORMATS.filter(({ name, weak, type }) => EMBEDDED.has(name) && type !== undefined && !weak),
  ...Array.from({ length: 9 }, (_, level) => format('bzip2', `BZh${level + 1}1AY&SY`, { type: 'bzip2' })),
  format('tar', 'ustar', { at: 257, type: 'tar' }),
  ...['070701', '070702', '070707'].map((magic) => format('cpio', magic, { type: 'Cpio' })),
]
