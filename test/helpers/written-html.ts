// HTML as a parser sees it, for tests: its elements with their attributes.

/** One start tag. */
export interface StartTag {
	readonly name: string;
	readonly attributes: Readonly<Record<string, string>>;
}

/** All start tags. Throws where a `<` or a quote is not that of a tag that is written as ours are. */
export function startTags(html: string): readonly StartTag[] {
	return Array.from(html.matchAll(/<(?!\/[a-z0-9]+>|!doctype html>)[^>]*>?/g), ([tag]) => {
		const [, name = "", rest = ""] = /^<([a-z0-9]+)((?: [a-z-]+(?:="[^"<>]*")?)*)>$/.exec(tag) ?? [];
		if (name === "") throw new Error(`not one of our tags: ${tag.slice(0, 200)}`);
		const attributes = Array.from(rest.matchAll(/ ([a-z-]+)(?:="([^"]*)")?/g), ([, key = "", value = ""]) => [
			key,
			value,
		]);
		return { name, attributes: Object.fromEntries(attributes) };
	});
}
