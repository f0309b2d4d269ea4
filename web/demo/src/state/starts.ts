/** Where relevance may begin, as the package names it. */
export interface Start {
  readonly name: string;
  readonly title: string;
  readonly hint: string;
}

export const STARTS: readonly Start[] = [
  {
    name: "balanced",
    title: "Balanced contrast",
    hint: "The class against the average of all, both brought to one scale at every layer.",
  },
  {
    name: "clrp",
    title: "CLRP",
    hint: "The class against all others, in equal shares: the choice of the Relevance-CAM paper.",
  },
  {
    name: "sglrp",
    title: "SGLRP",
    hint: "The class against all others, in the shares of their probabilities.",
  },
  { name: "one-hot", title: "One-hot", hint: "One at the class, nothing elsewhere: no contrast." },
  { name: "logit", title: "Logit", hint: "The score of the class, nothing elsewhere." },
];

export const DEFAULT_START = "balanced";
