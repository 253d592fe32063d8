/**
 * What stands for a variable of a path, where a text of another form makes it a path that does not exist. Every other
 * variable is any text without a slash, and the route says what is wrong with it.
 */
export const PATH_VARIABLES = {
  guid: /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/,
  index: /^\d+$/,
  transaction: /^0x[0-9a-fA-F]{64}$/,
} as const

/** Whether a text can stand for a variable of that name. */
export function canBe(name: string, text: string): boolean {
  return Object.hasOwn(PATH_VARIABLES, name)
    ? PATH_VARIABLES[name as keyof typeof PATH_VARIABLES].test(text)
    : text !== ''
}
