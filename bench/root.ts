declare const BEE_ROOT: string;

/** The repository; set when the bench is compiled. */
export const root = BEE_ROOT;
