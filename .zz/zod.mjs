import * as esbuild from "esbuild"; import {join} from "node:path";
const root="/work/main"; const r=await esbuild.build({entryPoints:[join(root,"src/commands/verify/rls.command.ts")],outdir:"/tmp/metaout",bundle:true,splitting:true,format:"esm",platform:"node",target:"node20.19",minifySyntax:true,minifyWhitespace:true,keepNames:true,logLevel:"error",external:["esbuild","pg-native"],loader:{".sql":"text"},define:{BEE_VERSION:'"x"'},metafile:true,write:false});
const t={};let n=0;
for (const m of Object.values(r.metafile.outputs)) for (const [k,v] of Object.entries(m.inputs)) if(k.includes("zod/")) {t[k]=(t[k]||0)+v.bytesInOutput;n+=v.bytesInOutput;}
console.log(n, Object.entries(t).sort((a,b)=>b[1]-a[1]).slice(0,60).map(([k,v])=>v+" "+k).join("\n"));
