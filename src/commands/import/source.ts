// What is imported, told by its looks: JSON of OpenMetadata or DataChonk, or Rocky's TOML.
import { parseConfig } from "../../config/load.ts";
import { keyName } from "../../config/words.ts";
import { type Problem, throwIfAny, UserError } from "../../model/problem.ts";
import { importDataChonk, isDataChonk } from "./datachonk.ts";
import type { Findings } from "./draft.ts";
import { type JsonTable, type JsonValue, parseSource } from "./json.ts";
import { importOpenMetadata, isOpenMetadata } from "./openmetadata.ts";
import { importRocky } from "./rocky.ts";
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
	const source = jsonOfCurl(text);
	if (looksLikeJson(source)) return importJson(source, file, findings);
	return { of: "Rocky", sections: importRocky(text, file, findings), events: [] };
}

/** The body of a call, where a whole `curl -d '{…}'` was copied from a page. */
function jsonOfCurl(text: string): string {
	if (!/^\s*curl\s/.test(text)) return text;
	return /'(\s*\{[^']*\}\s*)'/.exec(text)?.[1] ?? text;
}

/** A TOML header is in brackets, too. */
function looksLikeJson(text: string): boolean {
	return /^\s*(?:\{|\[\s*(?:\{|\]\s*$))/.test(text);
}

function importJson(text: string, file: string, findings: Findings): Imported {
	const problems: Problem[] = [];
	const whole = parseSource({ text, file, problems });
	const sources = webhooksIn(whole, findings);
	const services = new Set<string>();
	const sections = sources.flatMap((source) => {
		if (isOpenMetadata(source)) return services.add("OpenMetadata") && (importOpenMetadata(source, findings) ?? []);
		const number = services.has("DataChonk") ? sources.filter(isDataChonk).indexOf(source) + 1 : 1;
		if (isDataChonk(source)) return services.add("DataChonk") && (importDataChonk(source, number, findings) ?? []);
		const isAlert = source.has("destinations");
		const what = isAlert ? "is an alert with destinations" : "is no webhook that can be read";
		const remedy = "give OpenMetadata's webhook with its webhookConfig, or DataChonk's with url and events";
		source.whole.wrong(what, remedy);
		return [];
	});
	for (const [index, source] of sources.entries()) {
		const isTwin = (other: JsonTable) => source.has("name") && other.raw["name"] === source.raw["name"];
		if (sources.slice(0, index).some(isTwin)) source.get("name")?.wrong("is another webhook's name too", "rename one");
	}
	if (sources.length === 0 && problems.length === 0) whole.wrong("has no webhooks in it", "give at least one");
	throwIfAny(problems);
	const events = [...findings.events].map(declaration);
	for (const section of sections) refuseInvalid(section, events);
	return { of: [...services].join(" and "), sections, events };
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

function declaration(event: string): Section {
	const head = ["not one of the known events: fire it by this name"];
	return { path: ["event", event], isList: false, table: { phase: "entity" }, head, comments: new Map() };
}

/** Throws what is wrong with a hook that was made, by its name: the user does not see the file that it would be in. */
function refuseInvalid(section: Section, events: readonly Section[]): void {
	try {
		parseConfig(writeToml([], [...events, section]), "the config", "native");
	} catch (error) {
		if (!(error instanceof UserError)) throw error;
		const name = section.table["name"] ?? section.path.at(-1);
		const [first, ...rest] = error.problems.map(({ code, message, remedy }) => {
			return { code, message: `${keyName(String(name))} cannot be carried over: ${message}`, remedy };
		});
		throw first === undefined ? error : new UserError(first, ...rest);
	}
}
