#include "json.hpp"

#include <charconv>
#include <cstdint>

namespace {

template <class... Ts>
struct overloaded : Ts... {
    using Ts::operator()...;
};

void append_utf8(std::string& text, std::uint32_t point) {
    if (point < 0x80) {
        text += static_cast<char>(point);
    } else if (point < 0x800) {
        text += static_cast<char>(0xc0 | point >> 6);
        text += static_cast<char>(0x80 | (point & 0x3f));
    } else {
        text += static_cast<char>(0xe0 | point >> 12);
        text += static_cast<char>(0x80 | (point >> 6 & 0x3f));
        text += static_cast<char>(0x80 | (point & 0x3f));
    }
}

class Reader {
public:
    explicit Reader(std::string_view source) : source(source) {}

    Json whole() {
        Json json = value();
        blanks();
        if (at < source.size()) fail("left over");
        return json;
    }

private:
    [[noreturn]] void fail(std::string_view what) const { throw JsonError(what, at); }

    char peek() const { return at < source.size() ? source[at] : '\0'; }

    void blanks() {
        while (peek() == ' ' || peek() == '\t') at++;
    }

    bool accept(std::string_view word) {
        blanks();
        if (!source.substr(at).starts_with(word)) return false;
        at += word.size();
        return true;
    }

    void expect(std::string_view word) {
        if (!accept(word)) fail("expected " + std::string(word));
    }

    Json value() {
        if (accept("null")) return {};
        if (accept("true")) return true;
        if (accept("false")) return false;
        if (accept("\"")) return text();
        if (accept("[")) return list();
        if (accept("{")) return table();
        return number();
    }

    List list() {
        List items;
        if (accept("]")) return items;
        do items.push_back(value());
        while (accept(","));
        expect("]");
        return items;
    }

    Table table() {
        Table entries;
        if (accept("}")) return entries;
        do {
            expect("\"");
            std::string key = text();
            expect(":");
            entries.insert_or_assign(std::move(key), value());
        } while (accept(","));
        expect("}");
        return entries;
    }

    std::string text() {
        std::string text;
        while (peek() != '"') {
            if (at >= source.size()) fail("unended text");
            if (peek() == '\\') escape(text);
            else text += source[at++];
        }
        at++;
        return text;
    }

    void escape(std::string& text) {
        const char kind = source.at(at + 1);
        at += 2;
        if (kind == 'u') {
            std::uint32_t point = 0;
            std::from_chars(source.data() + at, source.data() + at + 4, point, 16);
            append_utf8(text, point);
            at += 4;
        } else {
            text += kind == 'n' ? '\n' : kind;
        }
    }

    long long number() {
        long long number = 0;
        const auto [end, error] = std::from_chars(source.data() + at, source.data() + source.size(), number);
        if (error != std::errc{}) fail("no value");
        at = end - source.data();
        return number;
    }

    std::string_view source;
    std::size_t at = 0;
};

std::string quoted(const std::string& text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') result += '\\';
        result += c == '\n' ? std::string("\\n") : std::string(1, c);
    }
    return result + '"';
}

}  // namespace

Json read_json(std::string_view source) { return Reader(source).whole(); }

std::string write_json(const Json& json) {
    using Base = std::variant<std::monostate, bool, long long, std::string, List, Table>;
    return std::visit(overloaded{
        [](std::monostate) -> std::string { return "null"; },
        [](bool flag) -> std::string { return flag ? "true" : "false"; },
        [](long long number) { return std::to_string(number); },
        [](const std::string& text) { return quoted(text); },
        [](const List& items) {
            std::string result = "[";
            for (const auto& item : items) result += (result.size() > 1 ? "," : "") + write_json(item);
            return result + "]";
        },
        [](const Table& entries) {
            std::string result = "{";
            for (const auto& [key, item] : entries)
                result += (result.size() > 1 ? "," : "") + quoted(key) + ":" + write_json(item);
            return result + "}";
        },
    }, static_cast<const Base&>(json));
}
