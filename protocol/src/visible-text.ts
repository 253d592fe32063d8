/**
 * Control characters (C0, DEL, C1), line and paragraph separators, marks that turn the direction of text, and all else that
 * shows nothing: joiners, fillers, soft hyphens, variation selectors, private and unassigned code points, lone surrogates.
 */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu

/**
 * Makes a text from outside safe to print: everything in it that moves a cursor, ends a line, turns text round or cannot be
 * seen is written as `\uXXXX`. The result is one line. Inside JSON strings the escapes mean what they stand for, so that a
 * whole JSON document can be passed through, if it has no line ends between its values.
 *
 * @example
 * ```ts
 * import { visibleText } from '@polyswarm/protocol'
 * visibleText('invoice\u202Efdp.exe') // => 'invoice\\u202efdp.exe'
 * ```
 */
export function visibleText(text: string): string {
  return text.replace(INVISIBLE, (character) =>
    Array.from({ length: character.length }, (_, index) => escaped(character.charCodeAt(index))).join(''),
  )
}

function escaped(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`
}
