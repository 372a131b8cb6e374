import { stopwatch } from './measurement.ts'

// Measures a command line of bulkcheck after loading it by judging another file: `node ours.js FILE ARGUMENTS…`

const { main } = (await import(new URL('../../dist/cli/command-line.js', import.meta.url).href)) as {
  main(argv: readonly string[], io: unknown): Promise<number>
}

let output = ''
const io = {
  out: (text: string) => {
    output += text
  },
  err: (text: string) => {
    output += text
  },
  cwd: process.cwd(),
  env: process.env,
  outIsTerminal: false,
  errIsTerminal: false,
  width: 100,
  onSignal: () => () => undefined,
  exit: process.exit,
}

const [first = '', ...args] = process.argv.slice(2)
await main(['validate', first, '--quiet'], io)
output = ''
const report = stopwatch()
const code = await main(args, io)
report({ code, output: output.slice(-2000) })
