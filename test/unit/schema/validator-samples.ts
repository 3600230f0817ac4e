import * as cv from 'class-validator';

/** One use of a decorator: values that its rule accepts, and values that it refuses. */
export interface Sample {
  readonly decorator: string;
  readonly decorate: PropertyDecorator;
  readonly accepted: readonly unknown[];
  readonly refused: readonly unknown[];
}

enum Level {
  Low,
  High,
}
enum Color {
  Red = 'r',
  Blue = 'b',
}

const NO_TEXT = [null, 5, true, [], {}];
const text = (accepted: readonly unknown[], refused: readonly unknown[]) =>
  [accepted, [...refused, ...NO_TEXT]] as const;
const NO_NUMBER = [null, '5', true, [], {}];
const UUID4 = 'f47ac10b-58cc-4372-a567-0e02b2c3d479';

type Row = readonly [decorate: PropertyDecorator, accepted: readonly unknown[], refused: readonly unknown[]];

const ROWS: Readonly<Record<string, readonly Row[]>> = {
  IsDefined: [[cv.IsDefined(), ['', 0, false, [], {}], [null]]],
  Equals: [
    [cv.Equals('a'), ['a'], ['b', null, 1]],
    [cv.Equals(1), [1], [2, '1', true]],
    [cv.Equals(null), [null], ['', 0]],
    [cv.Equals({}), [], [{}, 1]],
  ],
  NotEquals: [[cv.NotEquals('a'), ['b', null, 1], ['a']]],
  IsEmpty: [[cv.IsEmpty(), ['', null], ['a', 0, false, []]]],
  IsNotEmpty: [[cv.IsNotEmpty(), ['a', 0, false, [], {}], ['', null]]],
  IsIn: [
    [cv.IsIn(['a', 'b']), ['a'], ['c', null, 1]],
    [cv.IsIn([1, 'a', null]), [1, 'a', null], [2, '1']],
    [cv.IsIn([]), [], ['a', 1]],
  ],
  IsNotIn: [[cv.IsNotIn(['a']), ['b', null], ['a']]],
  IsEnum: [
    [cv.IsEnum(Color), ['r', 'b'], ['Red', 'x', null, 0]],
    [cv.IsEnum(Level), [0, 1], [2, '0', null]],
  ],
  IsBoolean: [[cv.IsBoolean(), [true, false], ['true', 0, null]]],
  IsDate: [[cv.IsDate(), [], ['2020', 5, null]]],
  IsString: [[cv.IsString(), ['', 'a', '😀'], NO_TEXT]],
  IsNumber: [
    [cv.IsNumber(), [0, -1.5, 1e300], NO_NUMBER],
    [cv.IsNumber({ maxDecimalPlaces: 2 }), [1.25, 3, 0.1], [1.125, ...NO_NUMBER]],
  ],
  IsInt: [[cv.IsInt(), [0, -5, 1e15], [1.5, ...NO_NUMBER]]],
  IsArray: [[cv.IsArray(), [[], [1, 'a', null]], [null, 'a', {}]]],
  IsObject: [[cv.IsObject(), [{}, { a: 1 }], [null, [], 'a']]],
  IsDivisibleBy: [
    [cv.IsDivisibleBy(5), [10, 0, -5, 1e15], [3, 2.5, 5e-324, ...NO_NUMBER]],
    [cv.IsDivisibleBy(-2), [4], [3]],
    [cv.IsDivisibleBy(0.5), [], [1, 0.5]],
  ],
  IsPositive: [[cv.IsPositive(), [1, 0.1], [0, -1, ...NO_NUMBER]]],
  IsNegative: [[cv.IsNegative(), [-1], [0, 1, ...NO_NUMBER]]],
  Min: [[cv.Min(3), [3, 4.5], [2.9, ...NO_NUMBER]]],
  Max: [[cv.Max(3), [3, -4], [3.1, ...NO_NUMBER]]],
  MinDate: [[cv.MinDate(new Date('2026-01-01')), [], ['2020', 5, null]]],
  MaxDate: [[cv.MaxDate(new Date('2026-01-01')), [], ['x', 5, null]]],
  ArrayContains: [
    [cv.ArrayContains([1, 'a']), [['a', 1, 2]], [[1], [], null, 'a']],
    [cv.ArrayContains([]), [[], [1]], ['a']],
    [cv.ArrayContains([{}]), [], [[{}], []]],
  ],
  ArrayNotContains: [[cv.ArrayNotContains([1]), [[2], []], [[1, 2], null]]],
  ArrayNotEmpty: [[cv.ArrayNotEmpty(), [[1]], [[], null, 'a']]],
  ArrayMinSize: [
    [cv.ArrayMinSize(2), [[1, 2]], [[1], null]],
    [cv.ArrayMinSize(-1), [[], [1]], [null, 'a']],
  ],
  ArrayMaxSize: [
    [cv.ArrayMaxSize(2), [[], [1, 2]], [[1, 2, 3], null]],
    [cv.ArrayMaxSize(1.5), [[1]], [[1, 2]]],
  ],
  ArrayUnique: [
    [cv.ArrayUnique(), [[1, 2], [{}, {}], []], [[1, 1], ['a', 'b', 'a'], null]],
    [cv.ArrayUnique((one: { id: number }) => one.id), [[{ id: 1 }, { id: 2 }]], [[{ id: 1 }, { id: 1 }]]],
  ],
  IsNotEmptyObject: [
    [cv.IsNotEmptyObject(), [{ a: null }], [{}, [], null]],
    [cv.IsNotEmptyObject({ nullable: false }), [{ a: 1 }], [{ a: null }, {}]],
  ],
  IsInstance: [
    [cv.IsInstance(Map), [], [{}, [], null]],
    [cv.IsInstance(Array), [[1]], [{}, null]],
  ],
  Length: [
    [cv.Length(2, 3), ...text(['ab', '😀😀😀'], ['a', 'abcd'])],
    [cv.Length(2), ...text(['ab', 'abcdef'], ['a'])],
    [cv.Length(-1, 2.5), ...text(['', 'ab'], ['abc'])],
  ],
  MinLength: [[cv.MinLength(2), ...text(['ab', '😀😀'], ['a', '😀'])]],
  MaxLength: [[cv.MaxLength(2), ...text(['', 'ab', '😀😀'], ['abc'])]],
  Matches: [
    [cv.Matches(/^[a-z]+$/), ...text(['abc'], ['', 'ABC', 'a1'])],
    [cv.Matches(/^[a-z]+$/i), ...text(['abc', 'ABC'], ['', 'a1'])],
    [cv.Matches(/^[a-z]+$/g), ...text(['abc'], ['A'])],
    [cv.Matches('^[0-9]{3}$'), ...text(['123'], ['12'])],
    [cv.Matches('^x$', 'i'), ...text(['x', 'X'], ['y'])],
    [cv.Matches(new RegExp('^a\\-b$')), ...text(['a-b'], ['ab'])],
  ],
  Contains: [[cv.Contains('a.b'), ...text(['xa.by'], ['axb', ''])]],
  NotContains: [[cv.NotContains('a|b'), ...text(['ab', ''], ['xa|by'])]],
  IsByteLength: [
    [cv.IsByteLength(2, 4), ...text(['ab', 'éé', '😀'], ['a', 'ééé'])],
    [cv.IsByteLength(-1, Infinity), ...text(['', 'abc'], [])],
  ],
  IsAlpha: [
    [cv.IsAlpha(), ...text(['abC'], ['', 'a1', 'é'])],
    [cv.IsAlpha('de-DE'), ...text(['äb'], ['1'])],
  ],
  IsAlphanumeric: [
    [cv.IsAlphanumeric(), ...text(['aB1'], ['', 'a-'])],
    [cv.IsAlphanumeric('de-DE'), ...text(['ä1'], ['-'])],
  ],
  IsAscii: [[cv.IsAscii(), ...text(['a\u0000~'], ['', 'é'])]],
  IsBase58: [[cv.IsBase58(), ...text(['4Fcj4ooZqEQiyH', ''], ['0OIl', 'a b'])]],
  IsBooleanString: [[cv.IsBooleanString(), ...text(['true', '0'], ['yes', ''])]],
  IsEthereumAddress: [
    [cv.IsEthereumAddress(), ...text(['0x52908400098527886E0F7030069857D2E4169EE7'], ['0x52', '52908400'])],
  ],
  IsFirebasePushId: [[cv.IsFirebasePushId(), ...text(['-M-Jh_1KAH5rYJF_7-kY'], ['short'])]],
  IsHash: [
    [cv.IsHash('md5'), ...text(['d94f3f016ae679c3008de268209132f2'], ['d94f'])],
    [cv.IsHash('none' as never), ...text([], ['d94f'])],
  ],
  IsHexadecimal: [[cv.IsHexadecimal(), ...text(['0xFf', '0Haa', 'ff'], ['', 'fg'])]],
  IsHexColor: [[cv.IsHexColor(), ...text(['#fff', 'FFFFFF', '#ffff'], ['#ff', 'ggg'])]],
  IsISRC: [[cv.IsISRC(), ...text(['USAT29900609'], ['USAT2990060', 'usat29900609'])]],
  IsMilitaryTime: [[cv.IsMilitaryTime(), ...text(['23:59', '0900'], ['24:00', '9:00'])]],
  IsMongoId: [[cv.IsMongoId(), ...text(['507f1f77bcf86cd799439011', '0x7f1f77bcf86cd799439011'], ['507f', '0x'])]],
  IsMultibyte: [[cv.IsMultibyte(), ...text(['aé', '😀'], ['a', ''])]],
  IsNumberString: [
    [cv.IsNumberString(), ...text(['1', '-1.5', '.5', '+3'], ['', 'a', '1.'])],
    [cv.IsNumberString({ no_symbols: true }), ...text(['15'], ['-1'])],
  ],
  IsOctal: [[cv.IsOctal(), ...text(['0o17', '17', '0O7'], ['8', ''])]],
  IsUUID: [
    [cv.IsUUID(), ...text([UUID4, '00000000-0000-0000-0000-000000000000', UUID4.toUpperCase()], ['f47', `${UUID4}0`])],
    [cv.IsUUID(4), ...text([UUID4], ['f47ac10b-58cc-1372-a567-0e02b2c3d479'])],
    [cv.IsUUID('nil' as never), ...text(['00000000-0000-0000-0000-000000000000'], [UUID4])],
  ],
  IsBase64: [[cv.IsBase64(), ...text(['aGk=', ''], ['a', 'a%=='])]],
  IsDateString: [[cv.IsDateString(), ...text(['2026-01-31T12:00:00Z', '2026-01-31'], ['31.1.2026'])]],
  IsEmail: [[cv.IsEmail(), ...text(['a@b.co'], ['a', 'a@b'])]],
  IsIP: [
    [cv.IsIP(), ...text(['127.0.0.1', '::1'], ['1.2.3'])],
    [cv.IsIP(4), ...text(['127.0.0.1'], ['::1'])],
    [cv.IsIP('6'), ...text(['::1'], ['127.0.0.1'])],
  ],
  IsJSON: [[cv.IsJSON(), ...text(['{"a":1}'], ['{', '1'])]],
  IsRFC3339: [[cv.IsRFC3339(), ...text(['2026-01-31T12:00:00Z'], ['2026-01-31'])]],
  IsUrl: [[cv.IsUrl(), ...text(['https://a.bc', 'a.bc'], ['a', 'http://'])]],
  IsLatitude: [[cv.IsLatitude(), [45, '-45.5'], [95, 'a', null, true]]],
  IsLongitude: [[cv.IsLongitude(), [175, '-175.5'], [195, 'a', null]]],
  IsISO6391: [[cv.IsISO6391(), ...text(['en'], ['xx', 'eng'])]],
  IsISO31661Alpha2: [[cv.IsISO31661Alpha2(), ...text(['DE', 'us'], ['XX', 'DEU'])]],
  IsISO31661Alpha3: [[cv.IsISO31661Alpha3(), ...text(['DEU'], ['XXX', 'DE'])]],
  IsISO31661Numeric: [[cv.IsISO31661Numeric(), ...text(['276'], ['999', '1'])]],
  IsISO4217CurrencyCode: [[cv.IsISO4217CurrencyCode(), ...text(['EUR'], ['XXZ', 'EU'])]],
  IsBase32: [[cv.IsBase32(), ...text(['NBSWY3DP'], ['a', '1'])]],
  IsBIC: [[cv.IsBIC(), ...text(['DEUTDEFF'], ['DEUT'])]],
  IsBtcAddress: [[cv.IsBtcAddress(), ...text(['1MUz4VMYui5qY1mxUiG8BQ1Luv6tqkvaiL'], ['1MU'])]],
  IsCreditCard: [[cv.IsCreditCard(), ...text(['4111111111111111'], ['4111'])]],
  IsCurrency: [[cv.IsCurrency(), ...text(['$10.50'], ['a'])]],
  IsDataURI: [[cv.IsDataURI(), ...text(['data:text/plain,hi'], ['data'])]],
  IsDecimal: [[cv.IsDecimal(), ...text(['1.5', '-2'], ['a', ''])]],
  IsEAN: [[cv.IsEAN(), ...text(['9421023610112'], ['9421023610113'])]],
  IsFQDN: [[cv.IsFQDN(), ...text(['example.com'], ['example'])]],
  IsFullWidth: [[cv.IsFullWidth(), ...text(['ａ'], ['a'])]],
  IsHalfWidth: [[cv.IsHalfWidth(), ...text(['a'], ['あ'])]],
  IsHSL: [[cv.IsHSL(), ...text(['hsl(360,0%,0%)'], ['hsl'])]],
  IsIBAN: [[cv.IsIBAN(), ...text(['DE89370400440532013000'], ['DE00'])]],
  IsIdentityCard: [[cv.IsIdentityCard('ES'), ...text(['99999999R'], ['1'])]],
  IsISBN: [[cv.IsISBN(), ...text(['9783836221191'], ['978'])]],
  IsISIN: [[cv.IsISIN(), ...text(['AU0000XVGZA3'], ['AU'])]],
  IsISO8601: [[cv.IsISO8601(), ...text(['2026-01-31'], ['31.1.'])]],
  IsISSN: [[cv.IsISSN(), ...text(['0378-5955'], ['0378'])]],
  IsJWT: [[cv.IsJWT(), ...text(['eyJh.eyJz.abcd'], ['a'])]],
  IsLatLong: [[cv.IsLatLong(), ...text(['45.5,120.1'], ['100,200'])]],
  IsLocale: [[cv.IsLocale(), ...text(['en-US'], ['lo_POP_x_y_'])]],
  IsLowercase: [[cv.IsLowercase(), ...text(['abc', ''], ['Abc'])]],
  IsMACAddress: [[cv.IsMACAddress(), ...text(['01:02:03:04:05:ab'], ['01:02'])]],
  IsMagnetURI: [
    [cv.IsMagnetURI(), ...text(['magnet:?xt=urn:btih:06E2A9683BF4DA92C73A661AC56F0ECC9C63C5B4'], ['magnet'])],
  ],
  IsMimeType: [[cv.IsMimeType(), ...text(['text/plain'], ['text'])]],
  IsMobilePhone: [[cv.IsMobilePhone('de-DE'), ...text(['+4915123456789'], ['1'])]],
  IsPassportNumber: [[cv.IsPassportNumber('US'), ...text(['790369937'], ['1'])]],
  IsPhoneNumber: [[cv.IsPhoneNumber('DE'), ...text(['+4915123456789'], ['1'])]],
  IsPort: [[cv.IsPort(), ...text(['80'], ['99999', 'a'])]],
  IsPostalCode: [[cv.IsPostalCode('DE'), ...text(['10115'], ['1'])]],
  IsRgbColor: [[cv.IsRgbColor(), ...text(['rgb(1,2,3)'], ['rgb'])]],
  IsSemVer: [[cv.IsSemVer(), ...text(['1.2.3-a.1'], ['1.2'])]],
  IsStrongPassword: [[cv.IsStrongPassword(), ...text(['aB3$efgh'], ['abc'])]],
  IsSurrogatePair: [[cv.IsSurrogatePair(), ...text(['😀'], ['a'])]],
  IsTaxId: [[cv.IsTaxId('de-DE'), ...text(['26954371827'], ['1'])]],
  IsTimeZone: [[cv.IsTimeZone(), ...text(['Europe/Berlin'], ['Nowhere/X'])]],
  IsUppercase: [[cv.IsUppercase(), ...text(['ABC', ''], ['Abc'])]],
  IsVariableWidth: [[cv.IsVariableWidth(), ...text(['aあ'], ['a'])]],
};

export const SAMPLES: readonly Sample[] = Object.entries(ROWS).flatMap(([decorator, rows]) =>
  rows.map(([decorate, accepted, refused]) => ({ decorator, decorate, accepted, refused })),
);
