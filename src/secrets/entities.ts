// The character references of HTML and XML: by number, and the names of ASCII and Latin-1 characters.
// https://html.spec.whatwg.org/multipage/named-characters.html

/** Each character, then its names. */
const ASCII =
	`& amp|< lt|> gt|" quot|' apos|\t Tab|\n NewLine|! excl|# num|$ dollar|% percnt|( lpar|) rpar|* ast|+ plus|, comma|. period|` +
	"/ sol|: colon|; semi|= equals|? quest|@ commat|[ lsqb lbrack|\\ bsol|] rsqb rbrack|^ Hat|_ lowbar|` grave|{ lcub lbrace|" +
	"} rcub rbrace|€ euro|… hellip mldr";

/** In the order of their characters, from U+00A0 on. */
const LATIN_1 =
	"nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr " +
	"deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest " +
	"Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml " +
	"ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig " +
	"agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml " +
	"eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml";

/** The character that a reference means, written without its `&` and `;`; undefined for an unknown one. */
export function characterNamed(name: string): string | undefined {
	if (!name.startsWith("#")) return names().get(name);
	const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
	return code > 0x10ffff ? undefined : String.fromCodePoint(code);
}

let known: ReadonlyMap<string, string> | undefined;

/** Made when the first text has a name. */
function names(): ReadonlyMap<string, string> {
	known ??= new Map([
		...[...ASCII.split("|"), "| vert verbar"].flatMap((entry) => {
			return entry
				.slice(2)
				.split(" ")
				.map((name) => [name, entry.charAt(0)] as const);
		}),
		...LATIN_1.split(" ").map((name, at) => [name, String.fromCharCode(0xa0 + at)] as const),
	]);
	return known;
}
