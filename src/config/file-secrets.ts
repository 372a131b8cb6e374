import { resolve } from 'node:path'
import type { Environment } from './environment.ts'
import type { FieldConfig, HeaderConfig, SecretConfig, UserPasswordConfig } from './public.ts'
import {
  type PartialBasic,
  type PartialField,
  type PartialHeader,
  type SecretSource,
  withoutUndefined,
} from './partial-settings.ts'

/** Where in a configuration file secrets are named. */
export interface SecretPlace {
  /** As people call it. */
  readonly place: string
  /** Absolute; paths are relative to it. */
  readonly folder: string
  readonly environment: Environment
  /** Environment variables that have been read. */
  readonly used: Set<string>
  readonly problems: string[]
}

/** The secret in an environment variable; one that is not set is a problem. */
export function inVariable(name: string | undefined, at: SecretPlace): SecretSource | undefined {
  if (name === undefined) return undefined
  at.used.add(name)
  const text = at.environment[name]?.trim()
  if (!text) at.problems.push(`${at.place}: the environment variable ${name} is not set`)
  return text ? { text, from: name } : undefined
}

/** The secret in a file. */
export function inFile(file: string | undefined, { folder }: SecretPlace): SecretSource | undefined {
  return file === undefined ? undefined : { file: resolve(folder, file), from: file }
}

/** The secret that a command prints, which is started in the folder of the configuration file. */
export function byCommand(
  command: readonly string[] | undefined,
  key: string,
  { place, folder }: SecretPlace,
): SecretSource | undefined {
  return command && { command, folder, from: `${place}, \`${key}\`` }
}

/** A user, and where the password is. */
export function userPasswordFrom(value: UserPasswordConfig, key: string, at: SecretPlace): PartialBasic {
  const { user, passwordEnv, passwordFile } = value
  if (passwordEnv !== undefined && passwordFile !== undefined)
    at.problems.push(`${at.place}, \`${key}\`, has \`passwordEnv\` and \`passwordFile\`; use only one`)
  return withoutUndefined({ user, password: inFile(passwordFile, at) ?? inVariable(passwordEnv, at) })
}

/** Form fields in their order, one for each value. */
export function tokenFieldsFrom(
  fields: Readonly<Record<string, FieldConfig>>,
  at: SecretPlace,
): readonly PartialField[] {
  return Object.entries(fields).flatMap(([name, it]) =>
    (Array.isArray(it) ? (it as readonly string[]) : [it as string | SecretConfig]).flatMap((one) =>
      fieldOf(name, one, at),
    ),
  )
}

/** Header fields in their order. */
export function gatewayHeadersFrom(
  headers: Readonly<Record<string, string | HeaderConfig>>,
  at: SecretPlace,
): readonly PartialHeader[] {
  return Object.entries(headers).flatMap(([name, it]) =>
    fieldOf(name, it, at).map((field) => ({
      ...field,
      atTokenEndpoint: typeof it === 'object' && it.tokenEndpoint === true,
    })),
  )
}

function fieldOf(name: string, it: string | HeaderConfig, at: SecretPlace): readonly PartialField[] {
  const { value, env, file } = typeof it === 'string' ? { value: it } : it
  const given = [value, env, file].filter((one) => one !== undefined).length
  if (given !== 1) at.problems.push(`${at.place}: ${name} needs one of \`value\`, \`env\` and \`file\``)
  const source = value === undefined ? (inFile(file, at) ?? inVariable(env, at)) : { text: value, from: name }
  return source ? [{ name, value: source, isPlain: value !== undefined }] : []
}
