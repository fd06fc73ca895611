// A config file that another one hides: it is not read, so that its gates are never asked.

import type { ConfigWarning } from "../model/hook.ts";
import { UserError } from "../model/problem.ts";
import type { FileRead } from "../ports.ts";
import { gateIn } from "./gates.ts";
import { locate } from "./locate.ts";
import type { Flavour } from "./settings.ts";
import { parseSyntax } from "./syntax.ts";
import { decodeText, normalised } from "./text.ts";

/** What a file is that was found and is not used. */
interface HiddenFile {
	/** As messages name it. */
	readonly file: string;
	readonly flavour: Flavour;
	readonly read: FileRead;
}

/** A warning about a hidden file that has gates, or of which nobody can tell whether it has; undefined for any other. */
export function hiddenWarning({ file, flavour, read }: HiddenFile, used: string): ConfigWarning | undefined {
	const warning = (what: string, line = 1, column = 1): ConfigWarning => ({
		message: `${file} ${what}: only ${used} is read; move its hooks there, or remove one of the two files`,
		place: { file, line, column },
	});
	switch (read.kind) {
		case "missing":
			return undefined;
		case "unreadable":
			return warning(`cannot be read (${read.detail}), and may have gates that are not asked`);
		case "file":
			try {
				const text = normalised(decodeText(read.bytes, file));
				const table = parseSyntax(text, file);
				const { hook, hooks } = table;
				const gate = gateIn(flavour === "rocky" ? { hook, hooks } : table, []);
				const spot = gate && locate(text).key(gate);
				return gate && warning("has gates that are not asked", spot?.line, spot?.column);
			} catch (error) {
				if (error instanceof UserError) return warning("is not valid TOML, and may have gates that are not asked");
				throw error;
			}
	}
}
