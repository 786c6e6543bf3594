const PATTERN = /^[^\s@]{1,64}@[^\s@]{1,190}\.[a-z]{2,}$/i;

export const isEmail = (value: unknown): value is string => typeof value === "string" && PATTERN.test(value);
