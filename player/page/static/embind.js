// The part of others binds its WebAssembly by writing functions as text and running them. The policy of this page
// runs no text, so here `Function` makes the same three kinds of functions as closures, and nothing else.
"use strict";

(() => {
  const Native = Function;
  const makers = { body: named, throwBindingError: invoker, retType: caller };

  function Made(...names) {
    const text = names.pop();
    const maker = makers[names[0]];
    if (!maker) throw new EvalError("no text is run here");
    return maker(names, text);
  }

  function named() {
    return (body) => function () { return body.apply(this, arguments); };
  }

  // A function or method of the module, called with values of JavaScript.
  function invoker(names, text) {
    const ofMethod = text.includes("var thisWired");
    const stacked = text.includes("var destructors");
    const returns = text.includes("var rv =");
    const ends = names.slice(6).filter((name) => name.endsWith("_dtor"));
    return (refuse, call, fn, runDestructors, retType, classParam, ...rest) => {
      const types = rest.slice(0, rest.length - ends.length);
      const destroy = rest.slice(types.length);
      return function (...given) {
        if (given.length !== types.length) refuse(`called with ${given.length} arguments, not ${types.length}`);
        const destructors = stacked ? [] : null;
        const wired = {};
        if (ofMethod) wired.thisWired = classParam.toWireType(destructors, this);
        types.forEach((type, i) => { wired[`arg${i}Wired`] = type.toWireType(destructors, given[i]); });
        const rv = call(fn, ...Object.values(wired));
        if (stacked) runDestructors(destructors);
        ends.forEach((name, i) => destroy[i](wired[name.slice(0, -"_dtor".length)]));
        return returns ? retType.fromWireType(rv) : undefined;
      };
    };
  }

  // A method of a value of JavaScript, called by the module with values at places in its memory.
  function caller(_names, text) {
    const reads = [...text.matchAll(/\.readValueFromPointer\(args(?:\+(\d+))?\)/g)].map((found) => Number(found[1] || 0));
    const drops = [...text.matchAll(/argType(\d+)\.deleteObject/g)].map((found) => Number(found[1]));
    const returns = text.includes("return retType");
    return (retType, ...types) => (handle, name, destructors, args) => {
      const given = reads.map((offset, i) => types[i].readValueFromPointer(args + offset));
      const rv = handle[name](...given);
      for (const i of drops) types[i].deleteObject(given[i]);
      return returns ? retType.toWireType(destructors, rv) : undefined;
    };
  }

  Made.prototype = Native.prototype;
  window.Function = Made;
})();
