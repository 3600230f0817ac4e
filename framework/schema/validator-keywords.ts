import type { JsonSchema } from './schema.js';
import {
  bound,
  depends,
  enumValues,
  hinted,
  isLength,
  isScalar,
  type KeywordRow,
  lengthBound,
  literal,
  oneOf,
  part,
  type Place,
  text,
  titledOneOf,
  whole,
} from './keyword-rows.js';
import { expressible } from './regular-expressions.js';

const STRING: JsonSchema = { type: 'string' };
const NUMBER: JsonSchema = { type: 'number' };
const OBJECT: JsonSchema = { type: 'object' };
const ARRAY: JsonSchema = { type: 'array' };
const DATE: JsonSchema = { type: 'string', format: 'date-time' };

const format = (name: string): JsonSchema => ({ type: 'string', format: name });
const pattern = (source: string): JsonSchema => ({ type: 'string', pattern: source });
const hex = (digits: number): string => `[0-9a-fA-F]{${digits}}`;
const onlyOf = (place: Place, ...types: string[]): boolean =>
  place.types !== undefined && [...place.types].every((type) => types.includes(type));
const isEnglish = (locale: unknown): boolean => locale === undefined || locale === 'en-US';
const isWellFormed = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && !/\p{Surrogate}/u.test(value);

const HASH_DIGITS: Readonly<Record<string, number>> = {
  ...{ md5: 32, md4: 32, sha1: 40, sha256: 64, sha384: 96, sha512: 128, ripemd128: 32, ripemd160: 40 },
  ...{ tiger128: 32, tiger160: 40, tiger192: 48, crc32: 8, crc32b: 8 },
};

function uuid(version: string): string {
  return `^${hex(8)}-${hex(4)}-${version}${hex(3)}-[89abAB]${hex(3)}-${hex(12)}$`;
}

function uuidPattern([version]: readonly unknown[]): JsonSchema | undefined {
  if (version === undefined || version === 'all') {
    const other = '[0]{8}-[0]{4}-[0]{4}-[0]{4}-[0]{12}';
    const any = uuid('[1-8]').slice(1, -1);
    return { ...format('uuid'), pattern: `^(?:${any}|${other}|${other.replaceAll('[0]', '[fF]')})$` };
  }
  return /^[1-8]$/.test(String(version)) ? { ...format('uuid'), pattern: uuid(String(version)) } : undefined;
}

function notEmpty(_: unknown, place: Place): JsonSchema {
  if (onlyOf(place, 'string')) return { minLength: 1 };
  return onlyOf(place, 'number', 'integer', 'boolean', 'object', 'array') ? {} : { not: { enum: ['', null] } };
}

function isDefined(_: unknown, place: Place): JsonSchema {
  return place.types === undefined || place.types.has('null') ? { not: { type: 'null' } } : {};
}

function isEnum([entity]: readonly unknown[], place: Place): JsonSchema {
  const values = enumValues(entity as Record<string, unknown>);
  const titled =
    [...values].every(([value]) => typeof value === 'string') && [...values].some(([v, name]) => v !== name);
  return place.role === 'form' && titled ? titledOneOf(values, place) : oneOf([...values.keys()]);
}

function length([min, max]: readonly unknown[]): JsonSchema | undefined {
  if (!isLength(min ?? 0) || (max !== undefined && !isLength(max))) return undefined;
  return { ...STRING, minLength: min ?? 0, ...(max === undefined ? {} : { maxLength: max }) };
}

// Every character takes one to four bytes, so these bounds hold for whatever the rule accepts.
function byteLength([min, max]: readonly unknown[]): JsonSchema {
  const least = isLength(min) ? { minLength: Math.ceil(min / 4) } : {};
  return { ...STRING, ...least, ...(isLength(max) ? { maxLength: max } : {}) };
}

/**
 * Every rule decorator that class-validator exports, in JSON Schema's words. The structural ones
 * (`@IsOptional`, `@ValidateNested`, ...) stand in `STRUCTURAL`. `docs/schemas.md` shows this table.
 */
export const VALIDATOR_KEYWORDS: Readonly<Record<string, KeywordRow>> = {
  IsDefined: depends('isDefined', {}, isDefined, 'whole'),
  Equals: depends('equals', {}, ([value]) => (isScalar(value) ? { const: value } : undefined)),
  NotEquals: depends('notEquals', {}, ([value]) => (isScalar(value) ? { not: { const: value } } : {}), 'whole'),
  IsEmpty: whole('isEmpty', { enum: ['', null] }),
  IsNotEmpty: depends('isNotEmpty', {}, notEmpty, 'whole'),
  IsIn: depends('isIn', {}, ([values]) => oneOf(values as readonly unknown[]), 'whole'),
  IsNotIn: depends('isNotIn', {}, ([values]) => noneOf(values as readonly unknown[]), 'whole'),
  IsEnum: depends('isEnum', {}, isEnum, 'whole'),

  IsBoolean: whole('isBoolean', { type: 'boolean' }),
  IsDate: part('isDate', DATE),
  IsString: whole('isString', STRING),
  IsNumber: depends('isNumber', NUMBER, ([options]) =>
    (options as { maxDecimalPlaces?: number } | undefined)?.maxDecimalPlaces === undefined ? NUMBER : undefined,
  ),
  IsInt: whole('isInt', { type: 'integer' }),
  IsArray: whole('isArray', ARRAY),
  IsObject: whole('isObject', OBJECT),

  // By division ajv takes 5e-324 for a multiple of anything, so only integers can be left to the keyword.
  IsDivisibleBy: {
    rule: 'isDivisibleBy',
    coverage: 'depends',
    keywords: ([by], place) => {
      if (!Number.isInteger(by) || by === 0) return { json: NUMBER, exact: false };
      return { json: { ...NUMBER, multipleOf: Math.abs(by as number) }, exact: onlyOf(place, 'integer') };
    },
  },
  IsPositive: whole('isPositive', { ...NUMBER, exclusiveMinimum: 0 }),
  IsNegative: whole('isNegative', { ...NUMBER, exclusiveMaximum: 0 }),
  Min: bound('min', 'minimum'),
  Max: bound('max', 'maximum'),
  MinDate: part('minDate', DATE),
  MaxDate: part('maxDate', DATE),

  ArrayContains: depends('arrayContains', ARRAY, ([values]) => containsAll(values as readonly unknown[])),
  ArrayNotContains: depends(
    'arrayNotContains',
    ARRAY,
    ([values]) => containsNone(values as readonly unknown[]),
    'whole',
  ),
  ArrayNotEmpty: whole('arrayNotEmpty', { ...ARRAY, minItems: 1 }),
  ArrayMinSize: lengthBound('arrayMinSize', 'array', 'minItems'),
  ArrayMaxSize: lengthBound('arrayMaxSize', 'array', 'maxItems'),
  // Two equal objects are two for the rule and one for `uniqueItems`. And nothing tells whether it was given a function to compare by.
  ArrayUnique: {
    rule: 'arrayUnique',
    coverage: 'part',
    keywords: (_, { scalarElements }) => ({
      json: { ...ARRAY, ...(scalarElements ? { uniqueItems: true } : {}) },
      exact: false,
    }),
  },
  IsNotEmptyObject: depends('isNotEmptyObject', { ...OBJECT, minProperties: 1 }, ([options]) =>
    (options as { nullable?: boolean } | undefined)?.nullable === false ? undefined : { ...OBJECT, minProperties: 1 },
  ),
  // What a field holds by then is a Date, a Set or a nested object: other rules say how JSON has it.
  IsInstance: part('isInstance', {}),

  Length: depends('isLength', STRING, length),
  MinLength: lengthBound('minLength', 'string', 'minLength'),
  MaxLength: lengthBound('maxLength', 'string', 'maxLength'),
  Matches: depends('matches', STRING, ([expression, flags]) => expressible(expression, flags)),
  Contains: depends('contains', STRING, ([seed]) => (isWellFormed(seed) ? pattern(literal(seed)) : undefined)),
  NotContains: depends('notContains', STRING, ([seed]) =>
    isWellFormed(seed) ? { ...STRING, not: { pattern: literal(seed) } } : undefined,
  ),
  IsByteLength: {
    rule: 'isByteLength',
    coverage: 'part',
    keywords: (args) => ({ json: byteLength(args), exact: false }),
  },
  IsAlpha: depends('isAlpha', STRING, ([locale]) => (isEnglish(locale) ? pattern('^[A-Za-z]+$') : undefined)),
  IsAlphanumeric: depends('isAlphanumeric', STRING, ([locale]) =>
    isEnglish(locale) ? pattern('^[0-9A-Za-z]+$') : undefined,
  ),
  IsAscii: text('isAscii', '^[\\u0000-\\u007F]+$'),
  IsBase58: text('isBase58', '^[A-HJ-NP-Za-km-z1-9]*$'),
  IsBooleanString: whole('isBooleanString', { ...STRING, enum: ['true', 'false', '1', '0'] }),
  IsEthereumAddress: text('isEthereumAddress', `^0[xX]${hex(40)}$`),
  IsFirebasePushId: text('IsFirebasePushId', '^[a-zA-Z0-9_\\-]{20}$'),
  IsHash: depends('isHash', STRING, ([algorithm]) =>
    Object.hasOwn(HASH_DIGITS, String(algorithm))
      ? pattern(`^${hex(HASH_DIGITS[String(algorithm)] ?? 0)}$`)
      : undefined,
  ),
  IsHexadecimal: text('isHexadecimal', '^(?:0[xXhH])?[0-9a-fA-F]+$'),
  IsHexColor: text('isHexColor', `^#?(?:${hex(3)}|${hex(4)}|${hex(6)}|${hex(8)})$`),
  IsISRC: text('isISRC', '^[A-Z]{2}[0-9A-Z]{3}[0-9]{7}$'),
  IsMilitaryTime: text('isMilitaryTime', '^(?:[01][0-9]|2[0-3]):?[0-5][0-9]$'),
  IsMongoId: depends('isMongoId', STRING, () => pattern(`^(?:0[xXhH]${hex(22)}|${hex(24)})$`), 'whole'),
  IsMultibyte: text('isMultibyte', '[^\\u0000-\\u007F]'),
  IsNumberString: depends('isNumberString', STRING, ([options]) =>
    options === undefined ? pattern('^[+\\-]?(?:[0-9]*[.])?[0-9]+$') : undefined,
  ),
  IsOctal: text('isOctal', '^(?:0[oO])?[0-7]+$'),
  IsUUID: depends('isUuid', format('uuid'), uuidPattern),

  IsBase64: part('isBase64', { ...STRING, contentEncoding: 'base64' }),
  IsDateString: hinted('isDateString', () => 'date-time'),
  IsEmail: hinted('isEmail', () => 'email'),
  IsIP: hinted('isIp', ([version]) => (version === undefined ? undefined : String(version) === '6' ? 'ipv6' : 'ipv4')),
  IsJSON: part('isJson', { ...STRING, contentMediaType: 'application/json' }),
  IsRFC3339: hinted('isRFC3339', () => 'date-time'),
  IsUrl: hinted('isUrl', () => 'uri'),

  IsLatitude: part('isLatitude', { type: ['number', 'string'] }),
  IsLongitude: part('isLongitude', { type: ['number', 'string'] }),
  IsISO6391: part('isISO6391', { ...STRING, minLength: 2, maxLength: 2 }),
  IsISO31661Alpha2: part('isISO31661Alpha2', { ...STRING, minLength: 2, maxLength: 2 }),
  IsISO31661Alpha3: part('isISO31661Alpha3', { ...STRING, minLength: 3, maxLength: 3 }),
  IsISO31661Numeric: part('isISO31661Numeric', { ...STRING, minLength: 3, maxLength: 3 }),
  IsISO4217CurrencyCode: part('isISO4217CurrencyCode', { ...STRING, minLength: 3, maxLength: 3 }),
  IsBase32: text('isBase32'),
  IsBIC: text('isBIC'),
  IsBtcAddress: text('isBtcAddress'),
  IsCreditCard: text('isCreditCard'),
  IsCurrency: text('isCurrency'),
  IsDataURI: text('isDataURI'),
  IsDecimal: text('isDecimal'),
  IsEAN: text('isEAN'),
  IsFQDN: text('isFqdn'),
  IsFullWidth: text('isFullWidth'),
  IsHalfWidth: text('isHalfWidth'),
  IsHSL: text('isHSL'),
  IsIBAN: text('isIBAN'),
  IsIdentityCard: text('isIdentityCard'),
  IsISBN: text('isIsbn'),
  IsISIN: text('isIsin'),
  IsISO8601: text('isIso8601'),
  IsISSN: text('isISSN'),
  IsJWT: text('isJwt'),
  IsLatLong: text('isLatLong'),
  IsLocale: text('isLocale'),
  IsLowercase: text('isLowercase'),
  IsMACAddress: text('isMacAddress'),
  IsMagnetURI: text('isMagnetURI'),
  IsMimeType: text('isMimeType'),
  IsMobilePhone: text('isMobilePhone'),
  IsPassportNumber: text('isPassportNumber'),
  IsPhoneNumber: text('isPhoneNumber'),
  IsPort: text('isPort'),
  IsPostalCode: text('isPostalCode'),
  IsRgbColor: text('isRgbColor'),
  IsSemVer: text('isSemVer'),
  IsStrongPassword: text('isStrongPassword'),
  IsSurrogatePair: text('isSurrogatePair'),
  IsTaxId: text('isTaxId'),
  IsTimeZone: text('isTimeZone'),
  IsUppercase: text('isUppercase'),
  IsVariableWidth: text('isVariableWidth'),
};

/** The decorators of class-validator that shape a field rather than test its value, and what becomes of them. */
export const STRUCTURAL: Readonly<Record<string, string>> = {
  Allow: 'any JSON value',
  IsOptional: 'not in `required`; `null` is refused',
  ValidateIf: 'not in `required`, any JSON value; class-validator decides',
  ValidateNested: '`properties` of the nested class, or `items`',
  Validate: 'class-validator decides',
  ValidateBy: 'class-validator decides',
  ValidatorConstraint: 'for classes given to `@Validate`',
  ValidatePromise: 'refused at boot',
};

const BY_RULE = new Map(Object.values(VALIDATOR_KEYWORDS).map((row) => [row.rule, row]));

/** The row of a rule, by the name it has in class-validator's metadata. */
export function rowOf(rule: string): KeywordRow | undefined {
  return BY_RULE.get(rule);
}

function noneOf(values: readonly unknown[]): JsonSchema {
  const scalars = [...new Set(values.filter(isScalar))];
  return scalars.length === 0 ? {} : { not: { enum: scalars } };
}

function containsAll(values: readonly unknown[]): JsonSchema | undefined {
  if (!values.every(isScalar)) return undefined;
  return values.length === 0 ? ARRAY : { ...ARRAY, allOf: values.map((value) => ({ contains: { const: value } })) };
}

function containsNone(values: readonly unknown[]): JsonSchema {
  const scalars = [...new Set(values.filter(isScalar))];
  return scalars.length === 0 ? ARRAY : { ...ARRAY, not: { contains: { enum: scalars } } };
}
