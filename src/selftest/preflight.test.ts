import { describe, expect, test } from 'vitest'
import { exitCode } from '../model/outcome.ts'
import type { RunResult } from '../model/result.ts'
import type { BackendServices, Target } from '../model/target.ts'
import { reportFormats } from '../report/formats.ts'
import { type ProviderSetting, runAgainst, runOptionsFor } from './provider-runs.ts'

