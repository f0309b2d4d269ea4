#pragma once

#include <emscripten/bind.h>
#include <emscripten/val.h>

#include <cstdint>
#include <map>
#include <string>
#include <type_traits>
#include <vector>

/// C++ values that arrive in JavaScript as plain arrays and objects. Numbers of 64 bits travel as
/// doubles, exact up to 2^53: more than any size or count here. Their TypeScript names are
/// registered in bindings.cpp.
namespace relcam::bindings {

using emscripten::val;

template <class T>
val element_to_val(const T& value) {
  if constexpr (std::is_same_v<T, std::int64_t>) {
    return val(static_cast<double>(value));
  } else {
    return val(value);
  }
}

template <class T>
T element_from_val(const val& value) {
  if constexpr (std::is_same_v<T, std::int64_t>) {
    return static_cast<std::int64_t>(value.as<double>());
  } else {
    return value.as<T>();
  }
}

template <class T>
val to_val(const std::vector<T>& list) {
  val array = val::array();
  for (const T& item : list) array.call<void>("push", element_to_val(item));
  return array;
}

/// A fresh Float32Array outside of the WebAssembly memory.
inline val to_val(const std::vector<float>& numbers) {
  return val(emscripten::typed_memory_view(numbers.size(), numbers.data())).call<val>("slice");
}

template <class T>
val to_val(const std::map<std::string, T>& record) {
  val object = val::object();
  for (const auto& [key, value] : record) object.set(key, element_to_val(value));
  return object;
}

template <class T>
void from_val(const val& array, std::vector<T>& list) {
  const auto length = array["length"].as<std::size_t>();
  for (std::size_t i = 0; i < length; ++i) list.push_back(element_from_val<T>(array[i]));
}

inline void from_val(const val& array, std::vector<float>& list) {
  list = emscripten::convertJSArrayToNumberVector<float>(array);
}

template <class T>
void from_val(const val& object, std::map<std::string, T>& record) {
  for (const auto& key :
       emscripten::vecFromJSArray<std::string>(val::global("Object").call<val>("keys", object))) {
    record.emplace(key, element_from_val<T>(object[key]));
  }
}

/// How Embind passes a list or record: as a handle to a plain JavaScript value.
template <class T>
struct PlainValue {
  using WireType = emscripten::EM_VAL;
  static WireType toWireType(const T& value, emscripten::internal::rvp::default_tag) {
    return to_val(value).release_ownership();
  }
  static T fromWireType(WireType handle) {
    T value;
    from_val(val::take_ownership(handle), value);
    return value;
  }
};

template <class Member>
struct OwnerOf;
template <class Owner, class T>
struct OwnerOf<T Owner::*> {
  using type = Owner;
};

/// Getter and setter of a 64-bit member as a JavaScript number.
template <auto Member>
double get_number(const typename OwnerOf<decltype(Member)>::type& owner) {
  return static_cast<double>(owner.*Member);
}
template <auto Member>
void set_number(typename OwnerOf<decltype(Member)>::type& owner, double value) {
  owner.*Member = static_cast<std::int64_t>(value);
}

}  // namespace relcam::bindings

namespace emscripten::internal {

template <class T>
struct BindingType<std::vector<T>> : relcam::bindings::PlainValue<std::vector<T>> {};
template <class T>
struct BindingType<std::map<std::string, T>>
    : relcam::bindings::PlainValue<std::map<std::string, T>> {};

}  // namespace emscripten::internal
