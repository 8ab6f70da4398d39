#pragma once

#include <algorithm>
#include <compare>
#include <concepts>
#include <cstdint>
#include <string>
#include <vector>

/// A natural number of any size, in base a thousand million.
class Natural {
public:
    Natural(std::unsigned_integral auto value) {
        for (std::uint64_t rest = value; rest; rest /= base) digits.push_back(rest % base);
    }

    Natural& operator+=(const Natural& other) {
        digits.resize(std::max(digits.size(), other.digits.size()) + 1);
        std::uint64_t carry = 0;
        for (std::size_t i = 0; i < digits.size(); i++) {
            carry += digits[i] + (i < other.digits.size() ? other.digits[i] : 0u);
            digits[i] = carry % base;
            carry /= base;
        }
        return trim();
    }

    friend Natural operator*(const Natural& a, const Natural& b) {
        Natural product(0u);
        product.digits.resize(a.digits.size() + b.digits.size());
        for (std::size_t i = 0; i < a.digits.size(); i++) {
            std::uint64_t carry = 0;
            for (std::size_t j = 0; j < b.digits.size() || carry; j++) {
                carry += product.digits[i + j] + (j < b.digits.size() ? std::uint64_t{a.digits[i]} * b.digits[j] : 0);
                product.digits[i + j] = carry % base;
                carry /= base;
            }
        }
        return product.trim();
    }

    friend std::strong_ordering operator<=>(const Natural& a, const Natural& b) {
        if (const auto order = a.digits.size() <=> b.digits.size(); order != 0) return order;
        return std::lexicographical_compare_three_way(a.digits.rbegin(), a.digits.rend(), b.digits.rbegin(),
                                                      b.digits.rend());
    }

    std::string str() const {
        std::string text = digits.empty() ? "0" : std::to_string(digits.back());
        for (std::size_t i = digits.size(); i-- > 1;) {
            const std::string part = std::to_string(digits[i - 1]);
            text += std::string(9 - part.size(), '0') + part;
        }
        return text;
    }

private:
    static constexpr std::uint64_t base = 1'000'000'000;

    Natural& trim() {
        while (!digits.empty() && !digits.back()) digits.pop_back();
        return *this;
    }

    std::vector<std::uint32_t> digits;
};
