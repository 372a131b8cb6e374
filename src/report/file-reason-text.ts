import type { Reason } from '../model/reason.ts'

/** A piece of a sentence; `exchange` is the number of the exchange that it names. */
export interface ReasonPart {
  readonly text: string
  readonly exchange?: number
}

/** The name of a file on this machine, by its number in reasons; `undefined` for an exchange. */
export type FileNames = (number: number) => string | undefined

/** A sentence in pieces. */
export type Pieces = readonly (string | ReasonPart)[]

/** An exchange by its number, or a file on this machine by its name. */
export function place(exchange: number, fileNames: FileNames): ReasonPart {
  const name = fileNames(exchange)
  return name === undefined ? { text: `exchange ${exchange}`, exchange } : { text: name }
}

/** The file that an exchange brought, or a file on this machine. */
export function filePlace(exchange: number, fileNames: FileNames): Pieces {
  return [...(fileNames(exchange) === undefined ? ['the file of '] : []), place(exchange, fileNames)]
}

/** That a line of a file is too long for the index. */
export function lineTooLong(exchange: number, fileNames: FileNames): Pieces {
  const file = filePlace(exchange, fileNames)
  return ['a line in ', ...file, ' is longer than the limit', limitName(exchange, fileNames)]
}

/** Which lines were not judged. */
export function linesNotRead(
  { times, exchange, line }: Extract<Reason, { kind: 'lines-not-read' }>,
  fileNames: FileNames,
): Pieces {
  return [
    `line ${line} of `,
    ...filePlace(exchange, fileNames),
    times === 1 ? ' is' : ` and ${times - 1} other line${times === 2 ? '' : 's'} are`,
    ' longer than the limit',
    limitName(exchange, fileNames),
    ', or nested too deep',
  ]
}

function limitName(exchange: number, fileNames: FileNames): string {
  return fileNames(exchange) === undefined ? ' (`limits.lineBytes`)' : ' (`--max-line`)'
}
