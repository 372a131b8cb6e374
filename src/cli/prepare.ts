import { takeEnvironment } from '../config/environment.ts'
import { ConfigError } from '../config/error.ts'
import { wishesOf } from '../config/from-file.ts'
import { loadConfig } from '../config/load.ts'
import { type Settings, settle } from '../config/settings.ts'
import { merged, type Wishes } from '../config/wishes.ts'
import type { PlannedTest } from '../model/plan.ts'
import type { Loaded } from '../suite/load.ts'
import { selection } from '../suite/select.ts'
import { nearest } from '../suite/spelling.ts'
import { type Args, UsageError } from './command.ts'
import type { Embedded, EmbeddedOptions } from './embedded.ts'
import type { Io } from './io.ts'
import { wishesFrom } from './options.ts'
import { suitesFrom } from './suites.ts'

/** The settings of a command, and the provider that was started for it. */
export interface Prepared {
  readonly settings: Settings
  readonly embedded?: Embedded
}

/** What a command does where it is to look at the reference provider. */
export type Reference = 'start' | 'describe'

/** Puts configuration file, environment and flags together, each over the one before. Throws ConfigError with every problem of the three. */
export async function prepare(args: Args, io: Io, reference: Reference): Promise<Prepared> {
  const named = args.text('config') ?? (io.env.BULKCHECK_CONFIG || undefined)
  const loaded = await loadConfig(io.cwd, named)
  const file = loaded ? wishesOf(loaded, io.env) : { wishes: {}, problems: [] }
  const environment = takeEnvironment(io.env, io.cwd)
  const mistakes: string[] = []
  const flags = wishesFrom(args, io.cwd, mistakes)
  const notes = {
    problems: [...file.problems, ...environment.problems, ...mistakes],
    warnings: [...environment.warnings],
  }
  const wanted = args.flag('reference') && flags.url === undefined
  const nowhere =
    flags.url === undefined && environment.wishes.url === undefined && file.wishes.url === undefined
  if (!wanted && !(nowhere && reference === 'describe'))
    return { settings: settle(merged([file.wishes, environment.wishes, flags]), notes) }
  if (notes.problems.length > 0) throw new ConfigError(notes.problems)
  const options: EmbeddedOptions = { ig: flags.ig ?? '2.0.0', authorization: flags.client?.auth !== 'none' }
  // The provider is loaded where it is tested: nobody else waits for it.
  const { embeddedClaims, startEmbedded } = await import('./embedded.ts')
  const embedded = reference === 'start' ? await startEmbedded(options) : undefined
  try {
    const claims = embedded?.wishes ?? (await embeddedClaims(options))
    const settings = settle(
      merged([withoutTarget(file.wishes), withoutTarget(environment.wishes), claims, flags]),
      notes,
    )
    return { settings, ...(embedded ? { embedded } : {}) }
  } catch (error) {
    await embedded?.close()
    throw error
  }
}

/** How to test, without whom: the reference provider is described by itself. */
function withoutTarget(wishes: Wishes): Wishes {
  const { suites, packages, output, reports, failOn, knownFailing } = wishes
  return Object.fromEntries(
    Object.entries({ suites, packages, output, reports, failOn, knownFailing }).filter(
      ([, it]) => it !== undefined,
    ),
  )
}

/** The suites that settings ask for. Throws SuiteError. */
export function suitesFor({ suites }: Settings): Promise<Loaded> {
  return suitesFrom(suites)
}

/** The patterns that were given, none meaning all. Throws UsageError if one of them selects nothing. */
export function patternsOf(
  args: Args,
  loaded: Loaded,
  tests: readonly PlannedTest[],
): readonly string[] | undefined {
  const patterns = args.texts('patterns')
  if (patterns.length === 0) return undefined
  const selectable = tests.map((it) => ({
    id: it.id,
    suite: it.suite.id,
    requirement: it.requirement.id,
  }))
  const problems = patterns
    .filter((it) => !selectable.some(selection([it])))
    .map((it) => `no test matches \`${it}\`${hint(it, loaded)}`)
  if (problems.length > 0) throw new UsageError(problems.join('\n'))
  return patterns
}

function hint(pattern: string, loaded: Loaded): string {
  const suites = loaded.suites.map(({ suite }) => suite.suite)
  const tests = loaded.suites.flatMap(({ suite }) =>
    Object.keys(suite.tests).map((it) => `${suite.suite}/${it}`),
  )
  const near = nearest(pattern, [...suites, ...tests, ...loaded.requirements.keys()])
  return near ? `; did you mean \`${near}\`?` : '; `bulkcheck list` shows what there is'
}
