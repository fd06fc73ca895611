// The character references of HTML and XML: by number, and the names of ASCII and Latin-1 characters.
// https://html.spec.whatwg.org/multipage/named-characters.html

/** Each character, then its names. */
const ASCII =
	`& amp|< lt|> gt|" quot|' apos|\t Tab|\n NewLine|! excl|# num|$ dollar|% percnt|( lpar|) rpar|* ast|+ plus|, comma|. period|` +
	"/ sol|: colon|; semi|= equals|? quest|@ commat|[ lsqb lbrack|\\ bsol|] rsqb rbrack|^ Hat|_ lowbar|` grave|{ lcub lbrace|" +
	"} rcub rbrace|€ euro";

/** In the order of their characters, from U+00A0 on. */
const LATIN_1 =
	"nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr " +
	"deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest " +
	"Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml " +
	"ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig " +
	"agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml " +
	"eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml";

const NAMED: ReadonlyMap<string, number> = new Map([
	...ASCII.split("|").flatMap((entry) => {
		const names = entry.slice(2).split(" ");
		return names.map((name) => [name, entry.charCodeAt(0)] as const);
	}),
	["vert", 0x7c],
	["verbar", 0x7c],
	["hellip", 0x2026],
	["mldr", 0x2026],
	...LATIN_1.split(" ").map((name, at) => [name, 0xa0 + at] as const),
]);

/** Between `&` and `;`, with room for leading zeros. */
const LONGEST = 12;

const NUMBER = /^#(?:(\d+)|[xX]([\da-fA-F]+))$/;

/** The code point of the reference that begins at the `&` at `at`, and how many units it takes; undefined for none. */
export function readEntity(text: string, at: number): { readonly code: number; readonly length: number } | undefined {
	const body = text.slice(at + 1, at + 2 + LONGEST);
	const end = body.indexOf(";");
	if (end < 1) return undefined;
	const name = body.slice(0, end);
	const [, decimal, hex] = NUMBER.exec(name) ?? [];
	const code = decimal !== undefined ? Number(decimal) : hex !== undefined ? Number.parseInt(hex, 16) : NAMED.get(name);
	return code === undefined || code > 0x10ffff ? undefined : { code, length: end + 2 };
}
