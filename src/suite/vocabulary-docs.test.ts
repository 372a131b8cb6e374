import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { renderSchema, renderTables, updateTables } from './vocabulary-docs.ts'
import { vocabulary } from './fixtures/vocabulary.ts'

describe('the schema', () => {
  const schema = JSON.parse(renderSchema(vocabulary))

  it('is one of draft 2020-12 without anything foreign', () => {
    expect(
      new Ajv2020({ strict: true, strictTypes: false, strictRequired: false }).validateSchema(schema),
    ).toBe(true)
  })

  it('explains every key that it knows', () => {
    const silent: string[] = []
    const visit = (value: unknown, path: string): void => {
      if (typeof value !== 'object' || value === null) return
      // What a check takes is for the check to explain.
      if (path.endsWith('/expect/properties')) return
      const { properties } = value as { properties?: Record<string, { description?: string; $ref?: string }> }
      for (const [key, it] of Object.entries(properties ?? {})) {
        const target = it.$ref?.replace('#/$defs/', '')
        if (!it.description && !(target && schema.$defs[target]?.description)) silent.push(`${path}/${key}`)
      }
      for (const [key, it] of Object.entries(value)) visit(it, `${path}/${key}`)
    }
    visit(schema, '')
    expect(silent).toEqual([])
  })

  it('says of a check what it states', () => {
    expect(schema.$defs.expect.properties.status.description).toBe('The response has this status.')
  })

  it('is a schema even of a vocabulary without words', () => {
    const empty = JSON.parse(renderSchema({ checks: [], picks: [] }))
    expect(() => new Ajv2020({ strict: false }).compile(empty)).not.toThrow()
  })
})

describe('the tables', () => {
  it('hold a row for each word', () => {
    expect(
      renderTables({ checks: vocabulary.checks.slice(0, 1), picks: vocabulary.picks.slice(0, 1) }),
    ).toMatchInlineSnapshot(`
      "<!-- checks -->
      | Check | Judges | Is satisfied if |
      | --- | --- | --- |
      | \`status\` | each exchange | The response has this status. |
      <!-- /checks -->

      <!-- picks -->
      | Pick | Needs | Finds |
      | --- | --- | --- |
      | \`statusUrl\` | kick-off | The polling location. |
      <!-- /picks -->"
    `)
  })

  it('replace what stands between their markers and nothing else', () => {
    const page =
      'before\n<!-- checks -->\nold\n<!-- /checks -->\nbetween\n<!-- picks --><!-- /picks -->\nafter $&\n'
    const [checks, picks] = renderTables(vocabulary).split('\n\n')
    expect(updateTables(page, vocabulary)).toBe(`before\n${checks}\nbetween\n${picks}\nafter $&\n`)
    expect(updateTables(updateTables(page, vocabulary), vocabulary)).toBe(updateTables(page, vocabulary))
  })
})
