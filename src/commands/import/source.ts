// What is imported, told by its looks: JSON of OpenMetadata or DataChonk, or Rocky's TOML.
import { parseConfig } from "../../config/load.ts";
import { keyName } from "../../config/words.ts";
import { readJson } from "../../lib/json-reader.ts";
import { throwIfAny, UserError } from "../../model/problem.ts";
import { bodyOfCurl, isCurl } from "./curl.ts";
import { importDataChonk, isDataChonk } from "./datachonk.ts";
import type { Findings } from "./draft.ts";
import { type JsonTable, type JsonValue, parseSource } from "./json.ts";
import { JsonSource } from "./json-source.ts";
import { importOpenMetadata, isOpenMetadata } from "./openmetadata.ts";
import { importRocky } from "./rocky.ts";
import { hasCredential } from "./secret-text.ts";
import { type Section, writeToml } from "./toml.ts";

interface Imported {
	/** The services that it is from. */
	readonly of: string;
	/** The hooks in their order. */
	readonly sections: readonly Section[];
	/** The events that they need besides the known ones. */
	readonly events: readonly Section[];
}

/** The hooks of a text. Throws `UserError` with all that is wrong with it. */
export function importAny(text: string, file: string, findings: Findings): Imported {
	if (isCurl(text)) return importJson(new JsonSource(text, file, bodyOfCurl(text, file)), findings);
	if (looksLikeJson(text)) return importJson(new JsonSource(text, file), findings);
	return { of: "Rocky", sections: importRocky(text, file, findings), events: [] };
}

/** A TOML header is in brackets, too; one that is JSON as well has no hook below it. */
function looksLikeJson(text: string): boolean {
	if (/^\s*(?:\{|\[\s*(?:\{|\]\s*$|\[\s*\[))/.test(text)) return true;
	return /^\s*(?:["[\d-]|true|false|null)/.test(text) && readJson(text).kind === "value";
}

const RENAME = "rename one of the two";

function importJson(json: JsonSource, findings: Findings): Imported {
	const whole = parseSource(json);
	const sources = webhooksIn(whole, findings);
	const services = new Set<string>();
	const taken = new Set(sources.flatMap((source) => nameOf(source) ?? []));
	const names = new Set<string>();
	let unnamed = 0;
	/** DataChonk's webhooks have no name. */
	const ownName = () => {
		for (;;) {
			const name = ++unnamed === 1 ? "datachonk" : `datachonk-${unnamed}`;
			if (!taken.has(name)) return name;
		}
	};
	const sections = sources.flatMap((source) => {
		const name = nameOf(source);
		if (name !== undefined && names.has(name)) source.get("name")?.wrong("is another webhook's name too", RENAME);
		// Names are shown wherever a delivery is.
		if (name !== undefined && hasCredential(name))
			source.get("name")?.wrong("has a credential in it", "rename it first");
		if (name !== undefined) names.add(name);
		if (isOpenMetadata(source)) return services.add("OpenMetadata") && (importOpenMetadata(source, findings) ?? []);
		if (isDataChonk(source)) {
			return services.add("DataChonk") && (importDataChonk(source, name ?? ownName(), findings) ?? []);
		}
		const what = source.has("destinations") ? "is an alert with destinations" : "is not a webhook that can be read";
		const remedy = "give OpenMetadata's webhook with its webhookConfig, or DataChonk's with url and events";
		source.whole.wrong(what, remedy);
		return [];
	});
	if (sources.length === 0 && json.problems.length === 0) whole.wrong("has no webhooks in it", "give at least one");
	throwIfAny(json.problems);
	const events = [...findings.events].map(declaration);
	refuseInvalid(sections, events);
	return { of: [...services].join(" and "), sections, events };
}

/** As a hook has it: without white space around it. */
function nameOf({ raw }: JsonTable): string | undefined {
	const name = raw["name"];
	const trimmed = typeof name === "string" ? name.trim() : "";
	return trimmed === "" ? undefined : trimmed;
}

/** One object, a list, or a page of a list: `{"data": […], "paging": {…}}`. */
function webhooksIn(whole: JsonValue, { notes }: Findings): readonly JsonTable[] {
	const tables = (values: readonly JsonValue[]) => values.flatMap((value) => value.object() ?? []);
	if (Array.isArray(whole.raw)) return tables(whole.items());
	const table = whole.object();
	if (table === undefined) return [];
	const data = table.get("data");
	if (data === undefined || isOpenMetadata(table) || isDataChonk(table)) return [table];
	if (table.get("paging")?.object()?.has("after") === true)
		notes.push("this is one page of a list: import the rest too");
	return tables(data.items());
}

function declaration([event, phase]: readonly [event: string, phase: string]): Section {
	const head = ["not one of the known events: fire it by this name"];
	return { path: ["event", event], isList: false, table: { phase }, head, comments: new Map() };
}

/** Throws what is wrong with a hook that was made, by its name: the user does not see the file that it would be in. */
function refuseInvalid(sections: readonly Section[], events: readonly Section[]): void {
	const [only, ...others] = sections;
	try {
		parseConfig(writeToml([], [...events, ...sections]), "the config", "native");
	} catch (error) {
		if (!(error instanceof UserError) || only === undefined) throw error;
		// Alone, each has its own errors.
		if (others.length > 0) for (const section of sections) refuseInvalid([section], events);
		const name = keyName(String(only.table["name"]));
		const [first, ...rest] = error.problems.map(({ code, message, remedy }) => {
			return { code, message: others.length > 0 ? message : `${name} cannot be carried over: ${message}`, remedy };
		});
		throw first === undefined ? error : new UserError(first, ...rest);
	}
}
