import type { z } from 'zod'
import type { Parameter } from './parameter.js'

/** What a route answers: what is in `result`, or an answer without envelope. */
export type RouteResult = z.ZodType | 'bytes' | 'text' | 'document' | 'page' | 'events'

/**
 * One method of one path of polyswarmd: the server checks requests by it and the compiler its answers, the OpenAPI document and
 * the reference are made of it, and clients read answers with it.
 */
export interface Route<Path extends string = string, Result extends RouteResult = RouteResult> {
  readonly method: 'GET' | 'POST'
  /** With `:name` for what varies. */
  readonly path: Path
  /** What it does or answers, in a line. */
  readonly summary: string
  /** Whether the original daemon had no such route. */
  readonly isAdded?: true
  readonly query: readonly Parameter[]
  readonly body?: z.ZodType | 'files'
  readonly result: Result
}

/** What stands for the variables of a path. */
export type PathVariables<Path extends string> = Path extends `${string}:${infer Rest}`
  ? { [Name in Rest extends `${infer Own}/${string}` ? Own : Rest]: string | number } & PathVariables<
      Rest extends `${string}/${infer Other}` ? Other : ''
    >
  : unknown

/** What a handler of a route answers, as it goes onto the wire; never for a route that answers without envelope. */
export type RouteAnswer<Of extends Route> = Of['result'] extends z.ZodType ? Frozen<z.input<Of['result']>> : never

type Frozen<Value> = Value extends readonly (infer Element)[]
  ? readonly Frozen<Element>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: Frozen<Value[Key]> }
    : Value

/** A route that only reads. */
export function read<const Path extends string, Result extends RouteResult>(
  path: Path,
  summary: string,
  result: Result,
  query: readonly Parameter[] = [],
): Route<Path, Result> & { readonly method: 'GET' } {
  return { method: 'GET', path, summary, query, result }
}

/** A route that takes a body. */
export function take<const Path extends string, Result extends RouteResult>(
  path: Path,
  summary: string,
  body: Route['body'],
  result: Result,
  query: readonly Parameter[] = [],
): Route<Path, Result> & { readonly method: 'POST' } {
  return { method: 'POST', path, summary, query, result, ...(body === undefined ? {} : { body }) }
}

/** A route that the original daemon did not have. */
export function added<Of extends Route>(route: Of): Of & { readonly isAdded: true } {
  return { ...route, isAdded: true }
}

/** The path of a route for a request, such as `/bounties/….`: what stands for its variables is encoded. */
export function pathOf<Path extends string>(
  { path }: Pick<Route<Path>, 'path'>,
  variables: PathVariables<Path>,
): string {
  const values = variables as Readonly<Record<string, string | number>>
  return path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(values[name])))
}
