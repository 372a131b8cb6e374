/** An invariant whose FHIRPath and whose words say different things. */
export interface DifferingInvariant {
  readonly key: string
  /** The element that has it. */
  readonly on: string
  /** As published. */
  readonly expression: string
  readonly follows: 'words' | 'expression'
  readonly because: string
  /** The expression as HL7 mended it later. */
  readonly mended?: string
}

/** The invariants of FHIR R4, and of profiles that many use, whose expressions and words differ: the words count where HL7 mended the expression. */
export const differingInvariants: readonly DifferingInvariant[] = [
  {
    key: 'bdl-8',
    on: 'Bundle.entry',
    expression: "fullUrl.contains('/_history/').not()",
    follows: 'words',
    because: 'without fullUrl the expression evaluates to nothing; R4B mended it',
    mended: "fullUrl.exists() implies fullUrl.contains('/_history/').not()",
  },
  {
    key: 'dom-3',
    on: 'every resource',
    expression: 'contained.where(… as(canonical) …)',
    follows: 'words',
    because: '`as` takes one item, so the expression cannot be evaluated; R5 mended it',
  },
  {
    key: 'md-1',
    on: 'MessageDefinition.focus',
    expression: "max='*' or (max.toInteger() > 0)",
    follows: 'words',
    because: 'without max, which is optional, the expression evaluates to nothing',
  },
  {
    key: 'que-7',
    on: 'Questionnaire.item.enableWhen',
    expression: "operator = 'exists' implies (answer is Boolean)",
    follows: 'words',
    because: 'no boolean of FHIR is a Boolean of FHIRPath; R4B mended it',
    mended: "operator = 'exists' implies (answer is boolean)",
  },
  {
    key: 'que-12',
    on: 'Questionnaire.item',
    expression: 'enableWhen.count() > 2 implies enableBehavior.exists()',
    follows: 'words',
    because: 'the words say more than one; R4B mended the expression',
    mended: 'enableWhen.count() > 1 implies enableBehavior.exists()',
  },
  {
    key: 'ras-2',
    on: 'RiskAssessment.prediction',
    expression: 'probability is decimal implies (probability as decimal) <= 100',
    follows: 'words',
    because: 'without probability the expression evaluates to nothing; R4B mended it',
    mended: 'probability.exists($this is decimal) implies (probability as decimal) <= 100',
  },
  {
    key: 'ref-1',
    on: 'Reference',
    expression:
      "reference.startsWith('#').not() or (reference.substring(1).trace('url') in %rootResource.contained.id.trace('ids'))",
    follows: 'words',
    because: 'without reference the expression evaluates to nothing, and it leaves out `#`; R5 mended both',
    mended:
      "reference.exists() implies (reference.startsWith('#').not() or (reference.substring(1).trace('url') in %rootResource.contained.id.trace('ids')) or (reference='#' and %rootResource!=%resource))",
  },
  {
    key: 'tim-9',
    on: 'Timing.repeat',
    expression: "offset.empty() or (when.exists() and ((when in ('C' | 'CM' | 'CD' | 'CV')).not()))",
    follows: 'words',
    because: '`in` takes one item, and when can repeat; R5 mended it',
    mended:
      "offset.empty() or (when.exists() and when.select($this in ('C' | 'CM' | 'CD' | 'CV')).allFalse())",
  },
  {
    key: 'vs-1',
    on: 'Observation.effective[x] of vital signs',
    expression: '($this as dateTime).toString().length() >= 8',
    follows: 'words',
    because: 'for a Period the expression evaluates to nothing; US Core 9.0.0 mended it',
    mended: '$this is dateTime implies $this.toString().length() >= 10',
  },
  {
    key: 'pd-1',
    on: "US Core's PractitionerRole",
    expression: 'telecom or endpoint',
    follows: 'words',
    because: 'both can repeat, and `or` takes one item; US Core 9.0.0 mended it',
    mended: 'telecom.exists() or endpoint.exists()',
  },
  {
    key: 'us-core-13',
    on: "US Core's PractitionerRole",
    expression: 'practitioner or organization or healthcareService or location',
    follows: 'words',
    because: 'some of them can repeat, and `or` takes one item; US Core 9.0.0 mended it',
    mended:
      'practitioner.exists() or organization.exists() or healthcareService.exists() or location.exists()',
  },
  {
    key: 'app-3',
    on: 'Appointment',
    expression: "(start.exists() and end.exists()) or (status in ('proposed' | 'cancelled' | 'waitlist'))",
    follows: 'expression',
    because: 'the words leave out `waitlist`; HL7 has not changed the expression',
  },
  {
    key: 'drt-1',
    on: 'Duration',
    expression: 'code.exists() implies ((system = %ucum) and value.exists())',
    follows: 'expression',
    because: 'the words ask for a code where there is a value; HL7 has not changed the expression',
  },
  {
    key: 'per-1',
    on: 'Period',
    expression: 'start.hasValue().not() or end.hasValue().not() or (start <= end)',
    follows: 'expression',
    because: 'the words say lower, the expression lower or equal; R5 mended the words',
  },
  {
    key: 'que-5',
    on: 'Questionnaire.item',
    expression:
      "(type ='choice' or type = 'open-choice' or type = 'decimal' or …) or (answerValueSet.empty() and answerOption.empty())",
    follows: 'expression',
    because: 'the words name two of the types that the expression allows; it is the milder one',
  },
  {
    key: 'rng-2',
    on: 'Range',
    expression: 'low.empty() or high.empty() or (low <= high)',
    follows: 'expression',
    because: 'the words say lower, the expression lower or equal, as for Period',
  },
  {
    key: 'tst-3',
    on: 'TestScript.variable',
    expression: 'expression.empty() or headerField.empty() or path.empty()',
    follows: 'expression',
    because: 'the words allow one of the three, the expression two; it is the milder one',
  },
]
