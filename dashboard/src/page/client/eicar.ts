/** The EICAR test file turned round, so that no scanner takes this script for it. */
const TURNED = '*H+H$!ELIF-TSET-SURIVITNA-DRADNATS-RACIE$}7)CC7)^P(45XZP\\4[PA@%P!O5X'

/** The EICAR test file, which every engine should know and which does nothing. Its bytes exist only when it is asked for. */
export function eicarFile(): File {
  return new File([[...TURNED].reverse().join('')], 'eicar.com', { type: 'application/octet-stream' })
}
