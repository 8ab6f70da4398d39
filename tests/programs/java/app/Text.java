package app;

import java.nio.charset.StandardCharsets;
import java.text.BreakIterator;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

public final class Text {
    private Text() {}

    public static String describe(String text) {
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        int points = text.codePointCount(0, text.length());
        String decomposed = Normalizer.normalize(text, Normalizer.Form.NFD);
        long marks = decomposed.codePoints().filter(point -> Character.getType(point) == Character.NON_SPACING_MARK).count();
        return "%dB %du %dcp %dg %d marks %s".formatted(bytes, text.length(), points, graphemes(text), marks,
                scripts(text));
    }

    static int graphemes(String text) {
        BreakIterator breaks = BreakIterator.getCharacterInstance(Locale.ROOT);
        breaks.setText(text);
        int count = 0;
        while (breaks.next() != BreakIterator.DONE) count++;
        return count;
    }

    static Map<String, Long> scripts(String text) {
        return text.codePoints().limit(40).filter(Character::isLetter).mapToObj(Character.UnicodeScript::of)
                .collect(Collectors.groupingBy(script -> script.name().substring(0, 3), TreeMap::new, Collectors.counting()));
    }

    public static Stream<String> words(String text) {
        return Stream.of(text.split("\\s+")).filter(word -> word.codePoints().allMatch(Character::isLetter))
                .map(word -> Normalizer.normalize(word, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT));
    }
}
