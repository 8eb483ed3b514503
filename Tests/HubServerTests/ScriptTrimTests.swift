/// What a page's script may lose, and what it may not.
import Foundation
import Testing

@testable import HubServer

struct ScriptTrimTests {
    @Test(arguments: [
        // Comments and spaces.
        ("// what it is\n\nconst a = 1; // one\nlet b;\n", "let a=1,b;"),
        ("/**\n * Says why.\n */\nexport class A { x = 1; }\n", "export class A{x=1}"),
        ("return /* why */ a in b;", "return a in b;"),
        // A newline that ends a statement stays; one inside it goes.
        ("a()\nb()", "a()\nb()"),
        ("a\n  .b()\n  .c();", "a.b().c();"),
        ("return\nx", "return\nx"),
        ("i++\nj--\nk", "i++\nj--\nk"),
        ("const a = b\n  ? c\n  : d;", "let a=b?c:d;"),
        ("if (a) {\n  b();\n}\nc();\n", "if(a){b()}c();"),
        // No token becomes another one.
        ("a + ++b - -c", "a+ ++b- -c"),
        ("a / b / c", "a / b / c"),
        ("const x = y.length / 2; // '", "let x=y.length / 2;"),
        ("for (let i = 0; ; ) { a(); }\nfor (;;) b = { c };", "for(let i=0;;){a()}for(;;)b={c};"),
        // What is written is kept to the letter.
        ("say('a  // b', \"it's /* c */\");", "say('a  // b',\"it's /* c */\");"),
        ("say('it\\'s  so');", "say('it\\'s  so');"),
        (
            "f(`a  ${ b  + `c  ${ { d: 1 }.d }` }\n  // e`);",
            "f(`a  ${b+`c  ${{d:1}.d}`}\n  // e`);"
        ),
        ("const r = /[/'\"]  `\\/ \\[/g, s = 'x';", "let r= /[/'\"]  `\\/ \\[/g,s='x';"),
        ("return /'  /.test(a);", "return /'  /.test(a);"),
        // Private names, and nothing that looks like one.
        (
            "class A { #long; static #other() { return this.#long ?? #long in this; } }",
            "class A{#a;static #b(){return this.#a??#a in this}}"
        ),
        ("const c = '#long', d = `#long ${this.#long}`;", "let c='#long',d=`#long ${this.#a}`;"),
        // Style sheets lose their spaces, other templates do not.
        (
            "sheet(`\n/* look */\n:host { color: #fff; }\n.a :hover, .b > i {\n  "
                + "margin: 0 auto; }`)",
            "sheet(`:host{color:#fff}.a :hover,.b > i{margin:0 auto}`)"
        ),
        ("sheet(`.a::before { content: \"a: b\"; }`)", "sheet(`.a::before{content:\"a: b\"}`)"),
    ])
    func aScriptLosesWhatOnlyItsReadersNeed(written: String, served: String) {
        #expect(text(ScriptTrim.trimmed(Array(written.utf8))) == served)
    }

    @Test(arguments: [
        // Variables, parameters, functions and classes; whatever they are called elsewhere stays.
        ("let word = 1;\nexport let kept = word;\nf(word, kept, other);",
            "let a=1;export let kept=a;f(a,kept,other);"),
        ("let { first, second: third = first } = given;\nf(third, third, given.first);",
            "let{first:b,second:a=b}=given;f(a,a,given.first);"),
        ("let { first, second } = given;\nf(first, first, second);",
            "let{first:a,second:b}=given;f(a,a,b);"),
        ("let list = (row, { name, ...rest }, [one] = []) => [row, name, rest, one, row.name];",
            "let e=(a,{name:b,...c},[d]=[])=>[a,b,c,d,a.name];"),
        (
            "function move(thing) { try { thing(); } catch (error) { f(error, thing); } }\n"
                + "move(document);",
            "function b(a){try{a()}catch(c){f(c,a)}}b(document);"),
        ("export async function load(name) { return name; }\nload(1);",
            "export async function load(a){return a}load(1);"),
        ("for (const [key, value] of list) f(key, value);", "for(let[a,b]of list)f(a,b);"),
        ("let text = `${name} ${other(name)}`; let name = 1;", "let b=`${a} ${other(a)}`,a=1;"),
        // Members, keys and what comes from another file are no names of this one.
        (
            "class Row { name = 1; static all = 2; get size() { return name; } async load(row) "
                + "{ row(); } }",
            "class b{name=1;static all=2;get size(){return name}async load(a){a()}}"
        ),
        ("import { b as look } from './a.js';\nlet from = look(c);\nf(from.from, { look, from });",
            "import{b as look}from'./a.js';let a=look(c);f(a.from,{look,from:a});"),
        ("let make = { name(row) { return row; }, row: 1 }; f({ name: make, make });",
            "let a={name(b){return b},row:1};f({name:a,make:a});"),
        // A short name that means something already is not given to another.
        ("let word = a(b);", "let c=a(b);"),
        // Fewer signs.
        ("const isOpen = true, isShut = !false; let one; let two = undefined;",
            "let a=!0,b=!!1,c,d=void 0;"),
        ("export const one = 1; const a = 2; const b = 3;", "export let one=1;let a=2,b=3;"),
        ("if (a) { const b = 1; } const c = 2;", "if(a){let b=1}let c=2;"),
        ("list.map((row) => row.id, (a, b) => a, async (row) => row);",
            "list.map(c=>c.id,(a,b)=>a,async c=>c);"),
        ("f(a, [b, c,], { d, e, },); x = 60_000;", "f(a,[b,c],{d,e});x=60000;"),
        ("f(row.true, { false: 1 }); return true;", "f(row.true,{false:1});return!0;"),
    ])
    func whatMeansNothingOutsideAFileIsSaidInShort(written: String, served: String) {
        let once = ScriptTrim.trimmed(Array(written.utf8))
        #expect(text(once) == served)
        #expect(text(ScriptTrim.trimmed(once)) == served)
    }

    @Test func privateNamesStayApart() {
        let names = (0..<3000).map { "#name\($0)" }
        let short = text(ScriptTrim.trimmed(Array(names.joined(separator: ";").utf8)))
        #expect(Set(short.split(separator: ";")).count == names.count)
    }

    /// What was misread (a regular expression taken for a division, a string's end missed) comes
    /// out different the second time.
    @Test func trimmingAPageAgainChangesNothing() {
        for (name, bytes) in EmbeddedPages.byName where name.hasSuffix(".js") {
            let once = ScriptTrim.trimmed(bytes)
            #expect(once.count < bytes.count, "\(name)")
            #expect(text(ScriptTrim.trimmed(once)) == text(once), "\(name)")
        }
    }

    /// A source cut anywhere is trimmed to something, and nothing crashes.
    @Test func aCutScriptIsNoTrap() {
        let source = Array(
            "/* a */ f(`b ${ /c\\/[d]/.e('g\\'') } `, sheet(`h { i: \"j\\\"\" }`)) // k".utf8)
        for length in 0...source.count {
            #expect(ScriptTrim.trimmed(Array(source[..<length])).count <= length)
        }
    }

    @Test func scriptsOfTheBinaryAreTrimmedAndThoseOfAFolderAreNot() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("pages-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let source = "// why\nlet a = 1;\n"
        try source.write(
            to: folder.appendingPathComponent("a.js"), atomically: true, encoding: .utf8)
        #expect(Pages(folder: folder.path).file(at: "/a.js").map { text($0.bytes) } == source)
        let served = try #require(Pages(folder: nil).file(at: "/widget.js"))
        let embedded = try #require(EmbeddedPages.byName["widget.js"])
        #expect(served.bytes == ScriptTrim.trimmed(embedded))
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
