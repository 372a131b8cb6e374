import { join, resolve } from 'node:path'
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import { parseChoice } from '../../config/choices.ts'
import { UsageError } from '../../config/error.ts'
import { fileErrorReason } from '../../storage/file-error.ts'
import { makeFolder } from '../../storage/folder.ts'
import { writeNewFile } from '../../storage/whole-file.ts'
import type { Command } from '../command.ts'
import { displayPath } from '../output-folder.ts'

const algorithms = ['ES384', 'RS384'] as const

/** `bulkcheck keygen`: makes the keys of a client: the private one for the harness, the public one to register. */
export const keygenCommand: Command = {
  usage: 'keygen',
  describe: 'Create a key pair for a client: a private JWK, and a public JWK Set to register with a server',
  options: {
    alg: {
      type: 'string',
      requiresArg: true,
      describe: `Algorithm: ${algorithms.join(' or ')} (default: ES384)`,
    },
    out: {
      type: 'string',
      requiresArg: true,
      describe: 'Folder for the two files; created if it does not exist',
      demandOption: true,
    },
  },
  examples: [['$0 keygen --out keys', 'Write an ES384 key pair to keys/']],
  async perform(args, io) {
    const problems: string[] = []
    const alg = parseChoice(args.text('alg') ?? 'ES384', algorithms, { name: '--alg', problems })
    if (!alg) throw new UsageError(problems.join('\n'))
    const { privateKey } = await generateKeyPair(alg, { extractable: true })
    const jwk = await exportJWK(privateKey)
    const kid = await calculateJwkThumbprint(jwk)
    const whole = { ...jwk, alg, use: 'sig', kid }
    const { d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, ...half } = whole
    const folder = resolve(io.cwd, args.text('out') ?? '.')
    const secret = join(folder, 'bulkcheck.private.jwk.json')
    const open = join(folder, 'bulkcheck.jwks.json')
    try {
      makeFolder(folder)
    } catch (error) {
      throw new UsageError(`${displayPath(folder, io.cwd)} cannot be created: ${fileErrorReason(error)}`)
    }
    await writeKeyFile(secret, whole, { mode: 0o600, cwd: io.cwd })
    await writeKeyFile(open, { keys: [{ ...half, key_ops: ['verify'] }] }, { mode: 0o644, cwd: io.cwd })
    io.out(`private key  ${displayPath(secret, io.cwd)}   for --key; keep it secret\n`)
    io.out(`public keys  ${displayPath(open, io.cwd)}   register them with the server\n`)
    io.out(`key id       ${kid}\n`)
    return 0
  },
}

/** Never overwrites a file: the public half of its key may be registered. */
async function writeKeyFile(
  file: string,
  value: object,
  how: { readonly mode: number; readonly cwd: string },
): Promise<void> {
  await writeNewFile(file, `${JSON.stringify(value, null, 2)}\n`, how.mode).catch((error: unknown) => {
    throw new UsageError(`${displayPath(file, how.cwd)} cannot be written: ${fileErrorReason(error)}`)
  })
}
