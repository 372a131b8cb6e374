import { told } from './told.ts'

// The command line of bulkcheck without the start of its process: `node ours.js ARGUMENTS…`

const { main } = (await import(new URL('../../dist/cli/main.js', import.meta.url).href)) as {
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

const begun = performance.now()
const code = await main(process.argv.slice(2), io)
told({ ms: performance.now() - begun, code, output: output.slice(-2000) })
