// Requests to GitHub's API for Git data, and its refusals in words that tell a person what to do.
import { setTimeout as sleep } from "node:timers/promises";
import type { Env } from "../../lib/env.ts";
import { isJsonObject, type Json, type JsonObject, parseJson } from "../../lib/json.ts";
import { excerpt } from "../../lib/text.ts";
import type { StoreFailure } from "../../model/store.ts";
import type { Network } from "../../net/network.ts";
import type { Http, HttpResponse } from "../../ports.ts";

/** A repository on GitHub, and how it is asked. */
export interface GithubOptions extends Network {
	/** The job's: proxies are taken from it. */
	readonly env: Env;
	/** `https://api.github.com`, or a GitHub Enterprise Server's. */
	readonly apiUrl: string;
	/** `owner/name`. */
	readonly repository: string;
	readonly token: string;
}

/** A response that was not asked for in vain: 2xx, and the statuses that the caller takes. */
export interface Answer {
	readonly status: number;
	readonly text: string;
	/** Where the list goes on, below the repository. */
	readonly next?: string;
}

const TIMEOUT_MS = 15_000;

/** Milliseconds before the second and last attempt after what may pass. */
const PAUSE_MS = 500;

/** Bytes; GitHub gives no larger blob. */
const RESPONSE_LIMIT = 100 * 1024 * 1024;

/** https://docs.github.com/en/rest/about-the-rest-api/api-versions */
const HEADERS = {
	accept: "application/vnd.github+json",
	"x-github-api-version": "2022-11-28",
	"user-agent": "pipeline-hooks",
	"content-type": "application/json",
};

/** Asks for one repository. */
export class GithubRepository {
	readonly #options: GithubOptions;
	readonly #http: Http;
	readonly #base: string;

	constructor(options: GithubOptions) {
		this.#options = options;
		this.#http = options.openHttp();
		this.#base = `${options.apiUrl.replace(/\/+$/, "")}/repos/${options.repository}/`;
	}

	/** `taken` are statuses of refusals that the caller looks into. */
	async ask(
		method: "GET" | "POST" | "PATCH" | "DELETE",
		path: string,
		{ body, raw = false, taken = [] }: { body?: JsonObject; raw?: boolean; taken?: readonly number[] } = {},
	): Promise<Answer | StoreFailure> {
		const { proxyFor, env, token } = this.#options;
		const url = new URL(`${this.#base}${path}`);
		const proxy = proxyFor(url, env);
		if (proxy !== undefined && "problem" in proxy) return { problem: proxy.problem };
		for (let attempt = 1; ; attempt += 1) {
			const result = await this.#http.send(
				{
					method,
					url,
					headers: {
						...HEADERS,
						...(raw && { accept: "application/vnd.github.raw+json" }),
						authorization: `Bearer ${token}`,
					},
					body: body === undefined ? undefined : Buffer.from(JSON.stringify(body)),
					timeoutMs: TIMEOUT_MS,
					responseLimit: RESPONSE_LIMIT,
					connections: "pooled",
					proxy,
					allowPrivate: true,
					caCertificates: undefined,
				},
				new AbortController().signal,
			);
			if (result.kind === "response" && (result.status < 300 || taken.includes(result.status))) {
				if (result.read === "whole" || result.status === 204) return this.#answer(result);
			}
			const passes = result.kind === "failure" ? result.cause !== "tls" : result.status >= 500 || result.status < 300;
			if (!passes || attempt === 2) {
				const why = result.kind === "failure" ? `cannot be reached: ${result.detail}` : refusal(result);
				return { problem: `${this.#base.slice(0, -1)} ${why}` };
			}
			await sleep(PAUSE_MS);
		}
	}

	close(): void {
		this.#http.close();
	}

	#answer({ status, body, headers }: HttpResponse): Answer {
		const [, next] = /<([^>]*)>; rel="next"/.exec(headers["link"] ?? "") ?? [];
		const isOurs = next?.startsWith(this.#base) === true;
		return { status, text: body, ...(isOurs && { next: next.slice(this.#base.length) }) };
	}
}

function refusal({ status, headers, body }: HttpResponse): string {
	const { message = "" } = fieldsIn(body);
	const said = typeof message === "string" && message !== "" ? `: ${excerpt(message, 200)}` : "";
	if (headers["x-ratelimit-remaining"] === "0" || headers["retry-after"] !== undefined) {
		return `is asked too often (${status})${said}`;
	}
	switch (status) {
		case 401:
			return `does not accept the token (401)${said}`;
		case 403:
			return `may not be used with this token (403): the job needs \`permissions: contents: write\`${said}`;
		case 404:
			return `is not there, or the token may not see it (404)${said}`;
		default:
			return `responded with ${status}${said}`;
	}
}

/** The fields of a JSON object; none where it is not one. */
export function fieldsIn(text: string): Readonly<Record<string, Json>> {
	const value = parseJson(text);
	return isJsonObject(value) ? value : {};
}
