// The layout of the prover's memory, and the columns of its tables. All numbers are in bytes; a column is a word of 32 bits.

/** Words that the host sets: addresses in memory. */
const controlBlock: i32 = 64
export const offsetsAt: i32 = controlBlock
export const provenAt: i32 = controlBlock + 4
export const typesAt: i32 = controlBlock + 8
export const keysAt: i32 = controlBlock + 12
export const digestsAt: i32 = controlBlock + 16
export const updatedAt: i32 = controlBlock + 20
export const flagsAt: i32 = controlBlock + 24
export const elementsAt: i32 = controlBlock + 28
export const referencesEndAt: i32 = controlBlock + 32
export const referencesAt: i32 = controlBlock + 36
export const compartmentAt: i32 = controlBlock + 40
/** Address and length of the base URL of local references, including its last slash: 0 if there is none. */
export const baseAt: i32 = controlBlock + 44
export const baseLength: i32 = controlBlock + 48
/** Not 0 if references are not needed. */
export const skipsReferences: i32 = controlBlock + 52
export const unprovenPartsEndAt: i32 = controlBlock + 56
export const unprovenPartsAt: i32 = controlBlock + 60
/** Not 0 if a line may have unproven parts. */
export const wantsUnprovenParts: i32 = controlBlock + 64

/** Codings whose system has unknown codes: where each line's end, and rows of the place and the number of the system. */
export const uncheckedEndAt: i32 = controlBlock + 68
export const uncheckedAt: i32 = controlBlock + 72
export const uncheckedRow: i32 = 8
/** The number of rows that fit. */
export const maxUnchecked: i32 = controlBlock + 76

/** Room for the bytes to hash, with zeros behind them. */
export const scratch: i32 = 256
/** The state of the object at each depth while it is read. */
export const frames: i32 = 512
/** Ids of contained resources: rows of address, length, number of the type, whether it was referred to. */
export const containedIds: i32 = 3200
/** References to contained resources: rows of address, length, address of the types allowed. */
export const locals: i32 = 7296
/** Codes of the resource and of its parts: rows of address, end, role. */
export const codes: i32 = 10368
/** Ids of elements: rows of address and length. */
export const elementIds: i32 = 11136
export const maxElementIds: i32 = 16
/** The number of rows of each that fit. */
export const maxContained: i32 = 256
export const maxCodes: i32 = 64
/** Elements that are open in XHTML, and attributes of the one that is read: rows of the address and length of their name. */
export const openTags: i32 = 11264
export const maxOpenTags: i32 = 64
export const attributeNames: i32 = 11776
export const maxAttributes: i32 = 16
/** Where the tables begin, with their header. */
export const image: i32 = 11904
export const resourceNames: i32 = image
export const patientType: i32 = image + 4
/** Meta as contained resources may have it. */
export const plainMeta: i32 = image + 8
/** Elements that every narrative may have. */
export const htmlNames: i32 = image + 12
export const divTag: i32 = image + 16
export const divTagLength: i32 = 4
export const xmlnsName: i32 = image + 24
export const xmlnsNameLength: i32 = 5
export const xhtmlNamespace: i32 = image + 32
export const xhtmlNamespaceLength: i32 = 28
/** `/_history/` */
export const historyPart: i32 = image + 64
export const historyPartLength: i32 = 10
/** `resourceType` and a quote */
export const resourceTypeKey: i32 = image + 80
export const resourceTypeKeyLength: i32 = 13
/** Attributes that elements of narratives may have. */
export const htmlAttributeNames: i32 = image + 96
/** Code systems that R4 names; the detail of each is the table of its codes, 0 if they are not known, and its note is then its number. */
export const codeSystemNames: i32 = image + 100
export const imageHeader: i32 = 128

/** An object in which others are nested deeper than this is not proven. */
export const maxDepth: i32 = 60

// A frame: the places of the values of start and of end, and the last array of a primitive element or of its extensions.
export const startAt: i32 = 0
export const endAt: i32 = 8
export const arrayElement: i32 = 16
export const arrayLength: i32 = 20
/** Bits of its nulls for which the other array must have something. */
export const arrayNulls: i32 = 24
/** Bits of the elements whose values have been extended, and which type of a choice there is; -1 if none. */
export const shadows0: i32 = 28
export const shadows1: i32 = 32
export const seenChoices: i32 = 36
/** The property that has the object; 0 if none has. */
export const fromRow: i32 = 40
export const frame: i32 = 44

// An unproven part of a line: where its value begins and ends, where its name ends if no type defines it (it then begins at the value), how many
// properties lead to it, and their rows.
export const unprovenFrom: i32 = 0
export const unprovenTo: i32 = 4
export const unprovenNameEnd: i32 = 8
export const unprovenDepth: i32 = 12
export const unprovenPath: i32 = 16
export const unprovenRow: i32 = 64
export const maxUnprovenDepth: i32 = 12
export const maxUnprovenParts: i32 = 8192
/** A line with more is not proven. */
export const maxUnprovenPartsOfLine: i32 = 4

// A name in a table: of a property, a code, a resource type.
export const keyAt: i32 = 0
/** Counts the quote after the name. */
export const keyLength: i32 = 4
/** Of a resource type: its row in the types. */
export const nameDetail: i32 = 8
/** Of a code: its note. */
export const nameNotes: i32 = 12
export const nameRow: i32 = 16

// The properties that followed this one the last two times: the first two columns, which properties and types have in common.
export const nextProperty: i32 = 8
export const nextPropertyToo: i32 = 12

// A property: one name in one kind of object.
export const kind: i32 = 16
/** By kind: row of a type, table of codes. */
export const detail: i32 = 20
export const propertyFlags: i32 = 24
/** The bit of its element, in one of two words. Types of a choice have one bit together. */
export const bit0: i32 = 28
export const bit1: i32 = 32
/** Which element of the type it is; -1 for resourceType. */
export const position: i32 = 36
export const role: i32 = 40
export const least: i32 = 44
export const most: i32 = 48
/** Bits of the resource types that a reference may have as targets, by number; 0 if any. */
export const targets: i32 = 52
/** How many elements deep a reference puts the resource in a compartment; 0 if it does not. */
export const compartment: i32 = 56
/** The name that its value had the last time. */
export const lastName: i32 = 60
export const propertyRow: i32 = 64

// A type of object.
export const needed0: i32 = 16
export const needed1: i32 = 20
export const rules: i32 = 24
export const rulesEnd: i32 = 28
/** Address of the table of its properties. */
export const properties: i32 = 32
export const typeFlags: i32 = 36
/** Its position in `R4Model.resources`. */
export const typeNumber: i32 = 40
export const typeNameAt: i32 = 44
export const typeNameLength: i32 = 48
export const typeRow: i32 = 64

// A table of names, by their hash.
export const slotsAt: i32 = 0
export const slotsMask: i32 = 4
export const tableRow: i32 = 8

// A rule on which elements are there.
export const ruleKind: i32 = 0
export const one0: i32 = 4
export const one1: i32 = 8
export const oneNotes: i32 = 12
export const other0: i32 = 16
export const other1: i32 = 20
export const otherNotes: i32 = 24
export const ruleRow: i32 = 28

export const requires: i32 = 1
export const excludes: i32 = 2
export const exactlyOne: i32 = 3
export const inOrder: i32 = 4
/** The whole and its parts have no code in common, if both have codes. */
export const apart: i32 = 5
/** The target of a Reference has the type that it states, if both are present. */
export const agree: i32 = 6
/** The code is one of its system, if both are present and the codes of the system are known. */
export const ofSystem: i32 = 7

// Flags of a property.
export const isArray: i32 = 1
export const isShadow: i32 = 2
export const isChoice: i32 = 4
/** A primitive element or its extensions. */
export const isPaired: i32 = 8
/** Its value gets a note. */
export const hasRole: i32 = 16

// Flags of a type.
export const isElement: i32 = 1
export const isUnproven: i32 = 2
/** The extension object of a primitive element. */
export const isExtensions: i32 = 4

// Roles of a property.
export const roleResourceId: i32 = 1
export const roleMetaTag: i32 = 2
export const roleStart: i32 = 3
export const roleEnd: i32 = 4
/** The note is in `detail`. */
export const roleNote: i32 = 5
export const roleCodeOfWhole: i32 = 6
export const roleCodeOfPart: i32 = 7
export const roleElementId: i32 = 8

// Kinds of values: strings first.
export const kindUnproven: i32 = 0
export const kindText: i32 = 1
export const kindListed: i32 = 2
export const kindUri: i32 = 3
export const kindCode: i32 = 4
export const kindReference: i32 = 5
export const kindDateTime: i32 = 6
export const kindDate: i32 = 7
export const kindInstant: i32 = 8
export const kindLastUpdated: i32 = 9
export const kindTime: i32 = 10
export const kindId: i32 = 11
export const kindTypeName: i32 = 12
export const kindBase64: i32 = 13
export const kindXhtml: i32 = 14
export const kindReferenceType: i32 = 15
export const kindMime: i32 = 16
export const kindLanguage: i32 = 17
export const kindAbsoluteUri: i32 = 18
export const kindExtensionUrl: i32 = 19
/** The system and the code of a Coding or a Quantity. */
export const kindSystem: i32 = 20
export const kindCodeOfSystem: i32 = 21
// Numbers.
export const kindDecimal: i32 = 22
/** A decimal that is not negative. */
export const kindAmount: i32 = 23
export const kindAboveZero: i32 = 24
export const kindInteger: i32 = 25
export const kindPositive: i32 = 26
export const kindUnsigned: i32 = 27
// All else.
export const kindObject: i32 = 28
export const kindBoolean: i32 = 29
export const kindTrue: i32 = 30
export const kindContained: i32 = 31
export const kindMeta: i32 = 32
